/** The part of default-gateway 7 that is used; the package brings no types. */
declare module 'default-gateway' {
  export function gateway4async(): Promise<{ readonly gateway: string }>
  export function gateway6async(): Promise<{ readonly gateway: string }>
}
