import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { describe, it } from 'node:test'
import {
  gatewaysOfIpv6Route,
  gatewaysOfRoute,
  gatewaysOfRoutePrint,
  readGateways,
} from '../../../app/access/gateway.ts'

const ROUTE = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
wlan0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
eth0\t0000000A\tFE01A8C0\t0003\t0\t0\t0\t000000FF\t0\t0\t0
tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0
ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
eth1\t00000000\t0103A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0
eth2\t00000000\t0104A8C0\t0203\t0\t0\t0\t00000000\t0\t0\t0
*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0
`

const IPV6_ROUTE = `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000002 00000000 00450003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000800 00000002 00000000 00000003     eth0
fd000000000000000000000000000000 08 00000000000000000000000000000000 00 fe800000000000000000000000000009 00000400 00000002 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000002 00000000 00000001     tun0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`

const ROUTE_PRINT = `===========================================================================
Schnittstellenliste
 12...00 15 5d 01 02 03 ......Hyper-V-Netzwerkadapter
===========================================================================
IPv4-Routentabelle
===========================================================================
Aktive Routen:
     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik
          0.0.0.0          0.0.0.0      192.168.1.1     192.168.1.50     25
        127.0.0.0        255.0.0.0   Auf Verbindung         127.0.0.1    331
      192.168.1.0    255.255.255.0   Auf Verbindung      192.168.1.50    281
===========================================================================
IPv6-Routentabelle
 If Metrik Netzwerkziel             Gateway
 12    281 ::/0                     fe80::1
  1    331 ::1/128                  Auf Verbindung
`

describe('the default gateways', () => {
  it('are read from /proc/net/route, all of them and nothing else', () => {
    assert.deepEqual(gatewaysOfRoute(ROUTE, true), ['192.168.1.1', '192.168.2.1'])
    assert.deepEqual(gatewaysOfRoute('eth0\t00000000\tC0A80101\t0003\t0\t0\t0\t00000000\t0\t0\t0', false), [
      '192.168.1.1',
    ])
  })

  it('are read from /proc/net/ipv6_route, all of them and nothing else', () => {
    assert.deepEqual(gatewaysOfIpv6Route(IPV6_ROUTE), [
      'fe80:0000:0000:0000:0000:0000:0000:0001',
      '2001:0db8:0000:0000:0000:0000:0000:0001',
    ])
  })

  it("are read from Windows' route print in any language", () => {
    assert.deepEqual(gatewaysOfRoutePrint(ROUTE_PRINT.replaceAll('\n', '\r\n')), ['192.168.1.1', 'fe80::1'])
  })

  it('are none in nonsense', () => {
    for (const text of [
      '',
      '\n',
      'x y z',
      '00000000 00000000 zzzzzzzz 0003 0 0 0 00000000',
      '\0'.repeat(1000),
    ]) {
      assert.deepEqual(
        [gatewaysOfRoute(text), gatewaysOfIpv6Route(text), gatewaysOfRoutePrint(text)],
        [[], [], []],
      )
    }
  })

  it('are addresses on this machine too', async () => {
    for (const gateway of await readGateways()) assert.notEqual(isIP(gateway), 0, gateway)
  })
})
