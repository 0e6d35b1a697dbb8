/** Whether an SMTP server greets on a port of 127.0.0.1. */
import { connect } from 'node:net'

export function greets(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('data', data => {
      socket.end('QUIT\r\n')
      resolve(data.toString().startsWith('220'))
    })
    socket.on('error', () => resolve(false)).on('close', () => resolve(false))
  })
}
