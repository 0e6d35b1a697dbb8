/** The file that has a Linux desktop start the app with the session. */

/** `command` is the program and its arguments. */
export function entryText(command: readonly [string, ...string[]]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Postern',
    'Comment=Mail relay for the office',
    'Icon=postern-app',
    `Exec=${command.map(quote).join(' ')}`,
    // Once the app is removed, desktops pass the file over.
    `TryExec=${command[0].replace(/\\/g, '\\\\')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** False where a person has switched it off in the desktop's own settings, which write so (Autostart specification). */
export function isEntryOn(text: string): boolean {
  return !/^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(text)
}

/** Desktop Entry Specification 1.5, "The Exec key": quoted, escaped as in a shell, then as a string; `%` doubled. */
function quote(argument: string): string {
  if (/^[\w@+=:,./-]+$/.test(argument)) return argument
  const inShell = argument.replace(/["`$\\]/g, '\\$&').replace(/%/g, '%%')
  return `"${inShell.replace(/\\/g, '\\\\')}"`
}
