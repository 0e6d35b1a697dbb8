/** The desktop's end of notifications over D-Bus (Desktop Notifications Specification 1.2): keeps what it was told to show. */
import dbus from 'dbus-next'
import { atEnd, type Ending } from './ending.ts'

const NAME = 'org.freedesktop.Notifications'

export interface Shown {
  readonly id: number
  readonly title: string
  readonly body: string
}

class Notifications extends dbus.interface.Interface {
  readonly shown: Shown[] = []

  GetCapabilities(): string[] {
    return ['body', 'actions']
  }

  GetServerInformation(): string[] {
    return ['postern-test', 'postern', '1', '1.2']
  }

  Notify(_app: string, replaces: number, _icon: string, title: string, body: string): number {
    const id = replaces || this.shown.length + 1
    this.shown.push({ id, title, body })
    return id
  }

  CloseNotification(): void {}

  ActionInvoked(id: number, action: string): [number, string] {
    return [id, action]
  }
}

Notifications.configureMembers({
  methods: {
    GetCapabilities: { outSignature: 'as' },
    GetServerInformation: { outSignature: 'ssss' },
    Notify: { inSignature: 'susssasa{sv}i', outSignature: 'u' },
    CloseNotification: { inSignature: 'u' },
  },
  signals: { ActionInvoked: { signature: 'us' } },
})

/** Shows them on the bus: what was shown so far, the oldest first, and a person's click on one. */
export async function startNotifications(
  test: Ending,
  busAddress: string,
): Promise<{ readonly shown: readonly Shown[]; click(one: Shown): void }> {
  const bus = dbus.sessionBus({ busAddress })
  atEnd(test, () => bus.disconnect())
  const notifications = new Notifications(NAME)
  bus.export('/org/freedesktop/Notifications', notifications)
  await bus.requestName(NAME, 0)
  return {
    shown: notifications.shown,
    click: ({ id }) => void notifications.ActionInvoked(id, 'default'),
  }
}
