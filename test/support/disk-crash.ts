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

/** What is found on a disk. */
export interface Found {
  /** Those that were made while it was recorded, the outer ones first. */
  readonly folders: readonly string[]
  /** The files' contents by path. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** What is found when the power fails at `time`. */
export function crash(calls: readonly DiskCall[], time: number, random: Random): Found {
  const begun = calls.filter(call => call.begun < time)
  const names = namesAfter(begun, time, random)
  // Also those made later: a call for what lies in one may have begun before, and come to pass behind it.
  const made = new Set(
    calls.filter(({ action, failed }) => action.kind === 'mkdir' && !failed).map(({ path }) => path),
  )
  const isReached = (path: string): boolean => {
    const folder = dirname(path)
    return folder === path || ((!made.has(folder) || names.has(folder)) && isReached(folder))
  }
  const found = [...names].filter(([path]) => isReached(path))
  const files = found.flatMap(([path, node]) =>
    node === undefined ? [] : [[path, contentOf(begun, node, time, random)] as const],
  )
  const folders = found.flatMap(([path, node]) => (node === undefined ? [path] : []))
  return { folders: folders.sort((one, other) => one.length - other.length), files: new Map(files) }
}

/** What each name stands for, undefined for a folder: each change of a name came about or not, as long as no sync says so. */
function namesAfter(
  calls: readonly DiskCall[],
  time: number,
  random: Random,
): Map<string, number | undefined> {
  const names = new Map<string, number | undefined>()
  for (const call of calls) {
    const { action, path, node } = call
    const happened = (folder: string) =>
      !(call.failed && hasEnded(call, time)) && (isSafe(calls, call, isOf(folder), time) || random() < 0.5)
    if (action.kind === 'create' || action.kind === 'mkdir') {
      if (happened(dirname(path))) names.set(path, node)
    } else if (action.kind === 'unlink') {
      if (happened(dirname(path))) names.delete(path)
    } else if (action.kind === 'rename' && happened(dirname(action.to))) {
      names.set(action.to, node)
      // Within a folder it is one change; between two the old name may stay.
      if (dirname(path) === dirname(action.to) || happened(dirname(path))) names.delete(path)
    }
  }
  return names
}

const isOf = (folder: string) => (call: DiskCall) => call.path === folder && call.node === undefined

/**
 * A call is on disk for good when a sync began after its end and came back well before `time`. A sync that
 * failed in between may have dropped it unnoticed.
 */
function isSafe(
  calls: readonly DiskCall[],
  { ended }: DiskCall,
  isSynced: (call: DiskCall) => boolean,
  time: number,
): boolean {
  if (ended === undefined || ended >= time) return false
  const next = calls.find(
    call => call.action.kind === 'sync' && call.begun > ended && isSynced(call) && hasEnded(call, time),
  )
  return next !== undefined && !next.failed
}

function hasEnded({ ended }: DiskCall, time: number): boolean {
  return ended !== undefined && ended < time
}

function contentOf(calls: readonly DiskCall[], node: number, time: number, random: Random): Buffer {
  let content = Buffer.alloc(0)
  let end = 0
  for (const call of calls) {
    const { action } = call
    if (call.node !== node || (action.kind !== 'write' && action.kind !== 'truncate')) continue
    const safe = isSafe(calls, call, one => one.node === node, time) && !call.failed
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
