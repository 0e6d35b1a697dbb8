/** The library smtp-server: its classes that ours extend; the only file that knows it. */
/*
 * The library runs the session, STARTTLS and SASL; lines and content are taken apart by our `Input`. It is corrected where it
 * delays the greeting, reads addresses loosely, lets AUTH into a transaction, takes bare LF for a line end, runs
 * a line that was cut off, or decodes bad base64. test/unit/smtp/library.test.ts notices when it changes there.
 */
export { SMTPServer as LibraryServer } from 'smtp-server'
export { SMTPConnection as LibraryConnection } from 'smtp-server/lib/smtp-connection.js'
export { SMTPStream as LibraryStream } from 'smtp-server/lib/smtp-stream.js'
