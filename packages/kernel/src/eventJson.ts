import type { Event } from '@plimsoll/domain'

/**
 * Writes an event as one line of JSON that reads back as the same value.
 *
 * A bigint becomes `{"$bigint":"42"}`, a number that JSON lacks becomes `{"$number":"Infinity"}`.
 */
export function encodeEvent(event: Event): string {
  return JSON.stringify(event, (_, value: unknown) => {
    if (typeof value === 'bigint') return { $bigint: String(value) }
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
      return { $number: Object.is(value, -0) ? '-0' : String(value) }
    return value
  })
}

/** Reads what {@link encodeEvent} wrote. @throws SyntaxError on anything else. */
export function decodeEvent(text: string): Event {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('$bigint' in value) return BigInt(String(value.$bigint))
    if ('$number' in value) return Number(value.$number)
    return value
  }) as Event
}
