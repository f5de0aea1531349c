import { StalePriceError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { IncompleteRoundError, NonPositivePriceError } from './errors.ts'
import { GRACE, parseRound, priceFromAnswer, type Round } from './parseRound.ts'

const feed = {
  asset: 'ETH',
  address: '0x00000000000000000000000000000000000000F1',
  heartbeat: 3_600n,
} as const
const now = 1_800_000_000n
const parse = (round: Partial<Round> = {}) =>
  parseRound({
    source: 'chainlink',
    feed,
    block: { timestamp: now },
    round: {
      decimals: 8,
      roundId: 7n,
      answer: 2_000_12345678n,
      updatedAt: now - 10n,
      answeredInRound: 7n,
      ...round,
    },
  })

describe('parseRound', () => {
  test('default: carries the answer to 18 decimals beside its date', () => {
    expect(parse()).toEqual({
      source: 'chainlink',
      asset: 'ETH',
      price: 2_000_123456780000000000n,
      updatedAt: now - 10n,
      heartbeat: 3_600n,
    })
  })

  test('behavior: fresh up to heartbeat and grace, to the second', () => {
    const last = now - feed.heartbeat - GRACE
    expect(parse({ updatedAt: last }).updatedAt).toBe(last)
    expect(() => parse({ updatedAt: last - 1n })).toThrow(StalePriceError)
  })

  test('behavior: an answer of the block itself is fresh', () => {
    expect(parse({ updatedAt: now }).updatedAt).toBe(now)
  })

  test.each([0n, -1n, -(2n ** 255n)])('error: NonPositivePriceError for %s', (answer) => {
    expect(() => parse({ answer })).toThrow(NonPositivePriceError)
  })

  test.each([
    ['never updated', { updatedAt: 0n }],
    ['answered in an earlier round', { answeredInRound: 6n }],
    ['dated after the block', { updatedAt: now + 1n }],
  ])('error: IncompleteRoundError when %s', (_, round) => {
    expect(() => parse(round)).toThrow(IncompleteRoundError)
  })

  test('behavior: an incomplete round is named before its empty answer', () => {
    expect(() => parse({ answer: 0n, updatedAt: 0n })).toThrow(IncompleteRoundError)
  })
})

describe('priceFromAnswer', () => {
  test.each([
    [1n, 18, 1n],
    [1n, 0, 10n ** 18n],
    [123_456n, 6, 123_456_000_000_000_000n],
    [19n, 19, 1n],
  ])('default: %s with %s decimals', (answer, decimals, expected) => {
    expect(priceFromAnswer(answer, decimals)).toBe(expected)
  })
})
