import { expect, test, vi } from 'vitest'

test('default: both engines keep the loan that is liquidated without one, each in its own way', async () => {
  const table = vi.spyOn(console, 'table').mockImplementation(() => {})
  const { rows } = await import('../src/main.ts')
  expect(table).toHaveBeenCalledWith(rows)
  const [ladder, threshold, nobody] = rows
  expect(ladder).toMatchObject({ engine: 'ladder', repayments: 3, liquidations: 0 })
  expect(threshold).toMatchObject({ engine: 'static-threshold', repayments: 2, liquidations: 0 })
  expect(nobody).toMatchObject({ engine: 'no agent', repayments: 0, liquidations: 1 })

  // The ladder holds on to its reserve for longer, and comes nearer to the edge for it.
  expect(ladder!['mean reserve']).toBeGreaterThan(threshold!['mean reserve'])
  expect(ladder!['lowest health']).toBeLessThan(threshold!['lowest health'])
  expect(ladder!['lowest health']).toBeGreaterThan(1)
  expect(ladder!.equity).toBeGreaterThan(nobody!.equity)
})
