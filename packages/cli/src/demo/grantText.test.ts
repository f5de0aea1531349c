import { expect, test } from 'vitest'
import { grantText } from './grantText.ts'

const depth = { rule: 'depth-share', asked: 50_000, limit: 40_000, unit: 'USD' }
const volume = { rule: 'participation', asked: 50_000, limit: 100_000, unit: 'USD' }

test('default: the rule that decided and its numbers', () => {
  expect(grantText({ outcome: 'reduced', rule: 'depth-share', checks: [volume, depth] })).toBe(
    'reduced by depth-share: $50,000 of $40,000',
  )
})

test('behavior: what is allowed names the limit that it comes nearest to, of those that decide', () => {
  const wall = { rule: 'wall-own -4 % to -6 %', asked: 9, limit: 1, unit: 'USD' }
  const half = { ...depth, limit: 500_000 }
  expect(grantText({ outcome: 'allowed', rule: null, checks: [wall, half, volume] })).toBe(
    'allowed, most of participation: $50,000 of $100,000',
  )
})

test('behavior: without a governor there is no rule to name', () => {
  expect(grantText({ outcome: 'allowed', rule: null, checks: [] })).toBe('allowed')
})

test('behavior: what the net-footprint test weighed stays beside its numbers', () => {
  const net = { rule: 'net-footprint', asked: 9, limit: 4, unit: 'USD (κ 1, P 0.2 → 0.1)' }
  expect(grantText({ outcome: 'denied', rule: 'net-footprint', checks: [net] })).toBe(
    'denied by net-footprint: $9 of $4 (κ 1, P 0.2 → 0.1)',
  )
})
