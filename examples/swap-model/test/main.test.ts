import { expect, test, vi } from 'vitest'

test('default: a foreign model is checked, runs on trial, takes over; a damaged one is refused', {
  timeout: 120_000,
}, async () => {
  vi.spyOn(console, 'table').mockImplementation(() => {})
  vi.spyOn(console, 'log').mockImplementation(() => {})
  const { checks, scores, swapped, refusal } = await import('../src/main.ts')
  // How fast this machine is at the moment is no matter of a test.
  expect(checks.filter(({ passed, name }) => !passed && name !== 'speed')).toEqual([])
  expect(new Set(scores.map(({ asset, hours }) => `${asset} ${hours}`)).size).toBe(9)
  for (const { qlike, n, versus } of scores) {
    expect(n).toBeGreaterThan(300)
    expect(qlike).toBeGreaterThan(0)
    expect(Number.isFinite(versus!.t)).toBe(true)
  }
  expect(swapped).toEqual({
    was: expect.stringMatching(/^vol-quantile@/),
    is: 'forest@1.0.0',
    degraded: null,
  })
  expect(refusal).toContain('MODEL_CORRUPT')
})
