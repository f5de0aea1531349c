import { expect, test, vi } from 'vitest'

test('default: what the adapter foretells of every step is what the market then does', async () => {
  const table = vi.spyOn(console, 'table').mockImplementation(() => {})
  const { rows } = await import('../src/main.ts')
  expect(table).toHaveBeenCalledWith(rows)
  expect(rows.map(({ quoted, found }) => [quoted, found])).toEqual([
    ['no debt', 'no debt'],
    ['1.333', '1.333'],
    ['BorrowLimit()', 'BorrowLimit()'],
    ['1.200', '1.200'],
    ['no debt', 'no debt'],
  ])
})
