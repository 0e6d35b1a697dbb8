import { performance } from 'node:perf_hooks'
import { compilePolicy } from '/work/wt/map/app/access/policy.ts'
import { mapOf } from '/work/wt/map/app/access/map.ts'
import { decide } from '/work/wt/map/app/access/decide.ts'
import { parseClient, formatValue } from '/work/wt/map/app/access/network.ts'
import { office, machine, row, address } from '/work/wt/map/test/unit/access/office.ts'
let seed = 1
const rnd = (n: number) => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return Math.floor(seed / 4294967296 * n) }
function rowText(i: number) {
  const users = i % 5 === 0 ? ' - support fred' : ''
  const a = i % 3 === 0 ? 'block' : 'allow'
  if (i % 10 === 0) return `${a} 2001:db8:${rnd(65536).toString(16)}::/48${users}`
  const p = 16 + rnd(17); const v = p === 32 ? rnd(2**32) : Math.floor(rnd(2**32) / 2**(32-p)) * 2**(32-p)
  return `${a} ${formatValue(4, BigInt(v))}/${p}${users}`
}
for (const n of [10, 10000]) {
  const access = Array.from({ length: n }, (_, i) => row(rowText(i)))
  const settings = office({ smtp: { access } })
  let best = Infinity, bestM = Infinity
  let policy = compilePolicy(settings, machine)
  for (let k = 0; k < 8; k++) { const t = performance.now(); policy = compilePolicy(settings, machine); const t2 = performance.now(); mapOf(policy); best = Math.min(best, t2 - t); bestM = Math.min(bestM, performance.now() - t2) }
  for (const fam of [4, 6]) {
  const clients = Array.from({ length: 4096 }, () => fam === 4 ? parseClient(formatValue(4, BigInt(rnd(2**32))))! : parseClient(`2001:db8:${rnd(65536).toString(16)}::5`)!)
  const to = address('a@elsewhere.org'); const users = [undefined, 'support', 'boss']
  let ok = 0; const all: number[] = []
  for (let k = 0; k < 400; k++) { const t = performance.now(); for (let i = 0; i < 8192; i++) if (decide(policy, clients[i & 4095]!, users[i % 3], to).verdict === 'accept') ok++; all.push((performance.now() - t) * 1e6 / 8192) }
  all.sort((a, b) => a - b); const bestD = all[40]!
  console.log(n, 'v' + fam, 'compile', best.toFixed(1), 'ms map', bestM.toFixed(1), 'ms decide', bestD.toFixed(0), 'ns', ok)
  }
}
