/** The file that has a Linux desktop start the app with the session. */

export function entryText(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Postern',
    'Comment=Mail relay for the office',
    `Exec=${command.map(quote).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** Desktop Entry Specification 1.5, "The Exec key": quoted, escaped as in a shell, then as a string; `%` doubled. */
function quote(argument: string): string {
  if (/^[\w@+=:,./-]+$/.test(argument)) return argument
  const inShell = argument.replace(/["`$\\]/g, '\\$&').replace(/%/g, '%%')
  return `"${inShell.replace(/\\/g, '\\\\')}"`
}
