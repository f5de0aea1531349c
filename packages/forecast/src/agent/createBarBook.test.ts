import { expect, test } from 'vitest'
import { barsOfRows } from '../bars/barsOfRows.ts'
import { createBarBook } from './createBarBook.ts'

const START = 1_700_000_400 // [s]
const earlier = barsOfRows('ETH', [
  { at: START - 600, open: 99, high: 101, low: 98, close: 100 },
  { at: START - 300, open: 100, high: 102, low: 100, close: 101 },
])
const bookOf = () => createBarBook({ asset: 'ETH', earlier, keep: 100 })
const at = (seconds: number, price: number) => ({ at: (START + seconds) * 1_000, price })
const last = (book: ReturnType<typeof bookOf>) => {
  const { bars } = book.sums()!
  const i = bars.length - 1
  return [bars.open[i], bars.high[i], bars.low[i], bars.close[i]]
}

test('default: a bar opens at the close before it and is over with the next price', () => {
  const book = bookOf()
  for (const [seconds, price] of [
    [60, 103],
    [120, 99],
    [299, 100],
  ] as const)
    book.observe(at(seconds, price))
  expect(book.end()).toBe(START)
  book.observe(at(310, 104))
  expect(book.end()).toBe(START + 300)
  expect(last(book)).toEqual([101, 103, 99, 100])
})

test('behavior: a price at the very end of a bar is its close, and ends it at once', () => {
  const book = bookOf()
  book.observe(at(300, 90))
  expect(book.end()).toBe(START + 300)
  expect(last(book)).toEqual([101, 101, 90, 90])
  book.observe(at(600, 80))
  expect(book.end()).toBe(START + 600)
  expect(last(book)).toEqual([90, 90, 80, 80])
})

test('behavior: what the earlier bars know, or came before, is skipped; five minutes without a price are no bar', () => {
  const book = bookOf()
  book.observe(at(0, 50))
  expect([book.end(), last(book)[3]]).toEqual([START, 101])
  book.observe(at(900, 70))
  const { bars } = book.sums()!
  expect([...bars.present.slice(-4)]).toEqual([1, 0, 0, 1])
  expect(last(book)).toEqual([70, 70, 70, 70])
})
