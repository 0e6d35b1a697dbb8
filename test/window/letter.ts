/** A letter whose bytes show any change on its way: dots, tabs, ends of lines with spaces, bytes beyond ASCII. */

export function letter(name: string): Buffer {
  const head = `From: <a@example.com>\r\nTo: <b@example.com>\r\nSubject: ${name}\r\nMessage-ID: <${name}@swaks.example>\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n`
  const body = `\r\n.\r\n..two dots\r\n\tGrüße  \r\nFrom here\r\n${'long '.repeat(190)}\r\n\r\n${name}\r\n`
  return Buffer.from(`${head}${body}`)
}

/** As a mailbox has it: lines end in LF. */
export function inMailbox(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
}
