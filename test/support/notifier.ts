/** The desktop's end of a tray icon over D-Bus: a StatusNotifier watcher, and what it reads of the items (KDE, GNOME). */
import dbus from 'dbus-next'
import { atEnd, type Ending } from './ending.ts'
import { waitFor } from './wait.ts'

const NAME = 'org.kde.StatusNotifierWatcher'

class Watcher extends dbus.interface.Interface {
  /** Bus name and object path of each item. */
  readonly items: string[] = []

  RegisterStatusNotifierItem(item: string): void {
    this.items.push(item)
  }

  RegisterStatusNotifierHost(): void {}

  get IsStatusNotifierHostRegistered(): boolean {
    return true
  }

  get RegisteredStatusNotifierItems(): string[] {
    return this.items
  }

  get ProtocolVersion(): number {
    return 0
  }
}

Watcher.configureMembers({
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's', outSignature: '' },
    RegisterStatusNotifierHost: { inSignature: 's', outSignature: '' },
  },
  properties: {
    IsStatusNotifierHostRegistered: { signature: 'b', access: 'read' },
    RegisteredStatusNotifierItems: { signature: 'as', access: 'read' },
    ProtocolVersion: { signature: 'i', access: 'read' },
  },
})

export interface Entry {
  readonly id: number
  readonly label: string
  readonly enabled: boolean
}

export class Item {
  readonly #bus: dbus.MessageBus
  readonly #name: string
  readonly #path: string

  constructor(bus: dbus.MessageBus, name: string, path: string) {
    this.#bus = bus
    this.#name = name
    this.#path = path
  }

  async tooltip(): Promise<string> {
    const [, , title] = (await this.#property('ToolTip')) as [string, unknown, string, string]
    return title
  }

  /** The sizes that are offered, and of the largest the colours as `rrggbb`; what is see-through is left out. */
  async picture(): Promise<{ readonly sizes: readonly number[]; readonly pixels: readonly string[] }> {
    const pictures = (await this.#property('IconPixmap')) as [number, number, Buffer][]
    pictures.sort(([one], [other]) => one - other)
    const argb = pictures.at(-1)?.[2] ?? Buffer.alloc(0)
    const pixels: string[] = []
    for (let at = 0; at < argb.length; at += 4) {
      if (argb[at] === 255) pixels.push(argb.subarray(at + 1, at + 4).toString('hex'))
    }
    return { sizes: pictures.map(([width]) => width), pixels }
  }

  /** A click with the left button. */
  async activate(): Promise<void> {
    await this.#call(this.#path, 'org.kde.StatusNotifierItem', 'Activate', 'ii', [0, 0])
  }

  async menu(): Promise<readonly Entry[]> {
    const path = (await this.#property('Menu')) as string
    const reply = await this.#call(path, 'com.canonical.dbusmenu', 'GetLayout', 'iias', [0, -1, []])
    const [, [, , children]] = reply as [number, [number, unknown, dbus.Variant[]]]
    return children.map(({ value: [id, facts] }) => ({
      id,
      label: facts.type?.value === 'separator' ? '-' : String(facts.label?.value),
      enabled: facts.enabled?.value !== false,
    }))
  }

  async choose(label: string): Promise<void> {
    const entry = (await this.menu()).find(one => one.label === label)
    if (!entry) throw new Error(`The menu has no "${label}".`)
    const path = (await this.#property('Menu')) as string
    const event = [entry.id, 'clicked', new dbus.Variant('i', 0), 0]
    await this.#call(path, 'com.canonical.dbusmenu', 'Event', 'isvu', event)
  }

  async #property(name: string): Promise<unknown> {
    const asked = ['org.kde.StatusNotifierItem', name]
    const [value] = await this.#call(this.#path, 'org.freedesktop.DBus.Properties', 'Get', 'ss', asked)
    return (value as dbus.Variant).value
  }

  async #call(
    path: string,
    face: string,
    member: string,
    signature: string,
    body: unknown[],
  ): Promise<unknown[]> {
    const message = new dbus.Message({
      destination: this.#name,
      path,
      interface: face,
      member,
      signature,
      body,
    })
    return (await this.#bus.call(message))?.body ?? []
  }
}

/** Watches on the bus; the function waits for the first item. */
export async function startNotifier(test: Ending, busAddress: string): Promise<() => Promise<Item>> {
  const bus = dbus.sessionBus({ busAddress })
  atEnd(test, () => bus.disconnect())
  const watcher = new Watcher(NAME)
  bus.export('/StatusNotifierWatcher', watcher)
  await bus.requestName(NAME, 0)
  return async () => {
    const item = await waitFor('an icon to be registered', () => watcher.items[0])
    const [name = '', ...path] = item.split('/')
    return new Item(bus, name, path.length === 0 ? '/StatusNotifierItem' : `/${path.join('/')}`)
  }
}
