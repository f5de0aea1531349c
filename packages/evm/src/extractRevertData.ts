import type { Hex } from '@plimsoll/domain'
import { isHex } from 'viem'

/** Longest chain of causes that is followed. */
const MAX_DEPTH = 12

/** Bytes a contract reverted with, out of whatever viem threw; null when the cause was no revert. */
export function extractRevertData(error: unknown): Hex | null {
  let current = error
  for (let depth = 0; depth < MAX_DEPTH && isRecord(current); depth++) {
    const { raw, data } = current
    for (const found of [raw, data, isRecord(data) ? data.data : undefined])
      if (isHex(found)) return found
    current = current.cause
  }
  return null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
