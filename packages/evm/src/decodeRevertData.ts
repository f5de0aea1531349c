import type { Hex } from '@plimsoll/domain'
import { type Abi, decodeErrorResult } from 'viem'

/** What the compiler's own panics mean. */
const PANICS: Readonly<Record<string, string>> = {
  '1': 'assertion failed',
  '17': 'arithmetic overflow or underflow',
  '18': 'division by zero',
  '33': 'value outside its enum',
  '34': 'storage bytes malformed',
  '49': 'pop from an empty array',
  '50': 'array index out of range',
  '65': 'too much memory',
  '81': 'call of an uninitialised function',
}

/**
 * Revert data as short text: the message of `require`, `Panic(meaning)`, or `Name(arguments)` of a custom error.
 *
 * @param abis - Where custom errors are declared.
 * @returns null when there is no data or no ABI declares the error.
 */
export function decodeRevertData(data: Hex, abis: readonly Abi[] = []): string | null {
  try {
    const { errorName, args } = decodeErrorResult({ abi: abis.flat() as Abi, data })
    if (data.startsWith('0x08c379a0')) return String(args?.[0]) || 'an empty message'
    if (data.startsWith('0x4e487b71'))
      return `Panic(${PANICS[String(args?.[0])] ?? String(args?.[0])})`
    return `${errorName}(${(args ?? []).map(show).join(', ')})`
  } catch {
    return null // no data, an error nobody declared, or bytes that only look like one
  }
}

function show(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part))
    : String(value)
}
