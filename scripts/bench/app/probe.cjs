/** Looks into an Electron app from within: says when its window is shown and drawn, and closes it at SIGUSR2. */
const { app, BrowserWindow } = require('electron')

/** Resolves after the first frame that has what the page is there for: Postern's frame, where it is Postern's page. */
const drawn = `new Promise(resolve => {
  const look = () => {
    const root = document.getElementById('window')
    if (root && !root.querySelector('.frame')) requestAnimationFrame(look)
    else requestAnimationFrame(() => setTimeout(resolve))
  }
  look()
})`

function say(what) {
  process.stdout.write(`probe ${what} ${performance.timeOrigin + performance.now()}\n`)
}

say('main')
app.once('ready', () => say('app'))
app.on('browser-window-created', (_event, window) => {
  say('created')
  window.once('ready-to-show', () => say('painted'))
  window.once('show', () => say('shown'))
  window.once('closed', () => say('closed'))
  window.webContents.once('dom-ready', () => {
    say('loaded')
    window.webContents.executeJavaScript(drawn).then(() => say('drawn'))
  })
})
process.on('SIGUSR2', () => {
  for (const window of BrowserWindow.getAllWindows()) window.close()
})
