import { expect, test, vi } from 'vitest'

test('default: the guarded loan survives a fall that liquidates the same loan left alone', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const { outcome } = await import('../src/main.ts')
  expect(outcome.guarded).toMatchObject({ repayments: 4, liquidations: 0 })
  expect(outcome.guarded.health).toBeCloseTo(1.3, 3)
  expect(outcome.alone).toEqual({ liquidations: 1, health: null })
  expect(log.mock.calls.flat().join('\n')).toContain('repay 13846 USDC: health 1.120 is below 1.2')
})
