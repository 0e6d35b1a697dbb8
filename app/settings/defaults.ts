/** The settings of a first start: safe, working in the office, and written out to be read and edited. */

/**
 * `port` is what the one listener takes: 25 where it may. The host name is left out and follows the machine, as the
 * local networks do, but where one of them is public.
 */
export function firstSettings(port: number, localNetworks: unknown = 'auto'): object {
  return {
    schema: 1,
    localDomains: [],
    localNetworks,
    routers: 'auto',
    users: [],
    aliases: {},
    catchAll: {},
    globalAccess: [],
    smtp: {
      enabled: true,
      listeners: [{ address: '0.0.0.0', port, encryption: 'starttls' }],
      authentication: 'allowed',
      internalMailWithoutAuthentication: true,
      plaintextAuthentication: 'local-networks',
      antiRelay: 'client-address',
      useGlobalAccess: false,
      access: [
        {
          action: 'block',
          from: 'routers',
          comment: 'mail that a router passes on may come from the Internet',
        },
        { action: 'allow', from: 'local-networks', comment: 'this office' },
      ],
      maxMessageSize: '25MB',
      maxRecipients: 100,
      maxConnections: 200,
      maxConnectionsPerClient: 20,
      maxConnectionsPerNetwork: 60,
      reservedShare: 25,
      idleTimeout: '60s',
      sessionTimeout: '1h',
      commandTimeout: '5m',
      dataTimeout: '2h',
      minDataRate: 500,
      ids: {
        enabled: true,
        threshold: 400,
        window: '1h',
        blockTime: '30m',
        points: {
          relayDenied: 100,
          badPassword: 50,
          unknownUser: 50,
          unknownRecipient: 50,
          protocolError: 10,
          earlyTalker: 50,
          tooManyConnections: 5,
        },
        neverBlock: ['local-networks', 'routers'],
        alwaysBlock: [],
      },
    },
    delivery: {
      routes: [],
      retry: ['1m', '5m', '15m', '30m', '1h', '2h', '4h'],
      warnAfter: '4h',
      giveUpAfter: '5d',
      connections: 10,
      dnsServers: 'auto',
      dkim: [],
      alerts: { stuckAfter: '4h', minimumFreeDisk: '1GB', mailTo: [] },
    },
  }
}
