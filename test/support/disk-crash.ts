/** What a disk may hold after a power cut: all that was synced, and any part of what wasn't. */
import { dirname } from 'node:path'
import type { DiskAction, DiskCall } from './disk-recording.ts'

/** 0 up to 1. */
export type Random = () => number

/** Mulberry32, so that a seed printed by a failed test brings it back. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The files, by path, that are found when the power fails at `time`. A path must never be used twice. */
export function crash(calls: readonly DiskCall[], time: number, random: Random): Map<string, Buffer> {
  const begun = calls.filter(call => call.begun < time)
  const found = new Map<string, Buffer>()
  for (const { path, action } of begun) {
    if (action.kind !== 'create' || !isThere(begun, path, time, random)) continue
    found.set(path, contentOf(begun, path, time, random))
  }
  return found
}

function isThere(calls: readonly DiskCall[], path: string, time: number, random: Random): boolean {
  const happened = (kind: 'create' | 'unlink') => {
    const call = calls.find(call => call.path === path && call.action.kind === kind)
    if (!call || (call.failed && call.ended !== undefined && call.ended < time)) return false
    return isSafe(calls, call, dirname(path), time) || random() < 0.5
  }
  return happened('create') && !happened('unlink')
}

/**
 * A call is on disk for good when a sync began after its end and came back well before `time`. A sync that
 * failed in between may have dropped it unnoticed.
 */
function isSafe(calls: readonly DiskCall[], { ended }: DiskCall, synced: string, time: number): boolean {
  if (ended === undefined || ended >= time) return false
  const next = calls.find(
    call => call.action.kind === 'sync' && call.path === synced && call.begun > ended && hasEnded(call, time),
  )
  return next !== undefined && !next.failed
}

function hasEnded({ ended }: DiskCall, time: number): boolean {
  return ended !== undefined && ended < time
}

function contentOf(calls: readonly DiskCall[], path: string, time: number, random: Random): Buffer {
  let content = Buffer.alloc(0)
  let end = 0
  for (const call of calls) {
    const { action } = call
    if (call.path !== path || (action.kind !== 'write' && action.kind !== 'truncate')) continue
    const safe = isSafe(calls, call, path, time) && !call.failed
    if (action.kind === 'truncate') {
      if (safe || random() < 0.5) content = content.subarray(0, action.size)
      continue
    }
    const offset = action.offset < 0 ? end : action.offset
    end = offset + action.bytes.length
    content = over(content, offset, safe ? action.bytes : torn(action, random))
  }
  return content
}

function over(content: Buffer<ArrayBuffer>, offset: number, bytes: Buffer): Buffer<ArrayBuffer> {
  if (bytes.length === 0) return content
  const result = Buffer.alloc(Math.max(content.length, offset + bytes.length))
  content.copy(result)
  bytes.copy(result, offset)
  return result
}

const SECTOR = 512

/** All of a write, nothing, its beginning, zeros of its length, or some of its sectors among zeros. */
function torn({ bytes }: DiskAction & { kind: 'write' }, random: Random): Buffer {
  const kind = Math.floor(random() * 5)
  if (kind === 0) return bytes
  if (kind === 1) return Buffer.alloc(0)
  if (kind === 2) return bytes.subarray(0, Math.floor(random() * bytes.length))
  const result = Buffer.from(bytes)
  for (let at = 0; at < bytes.length; at += SECTOR) {
    if (kind === 3 || random() < 0.5) result.fill(0, at, Math.min(at + SECTOR, bytes.length))
  }
  return result
}
