/** The checks as the relay passes them to the parser. */
export { CHECKS as checks } from '../../../app/relay/checks.ts'
