import { InvalidInputError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { parseBars } from './parseBars.ts'

const HEADER = 'ts,open,high,low,close,volume,venue'
const T = 1_704_067_200
const row = (k: number, close = 100 + k, venue = 'a'): string =>
  `${T + 300 * k},${close},${close + 1},${close - 1},${close},5,${venue}`
const parse = (...rows: readonly string[]) => parseBars([HEADER, ...rows].join('\n'), 'ETH')

test('default: rows on a grid from the full hour', () => {
  const { bars, findings } = parse(row(2), row(3), row(4, 104, 'b'))
  expect(findings).toEqual([])
  expect([bars.start, bars.length]).toEqual([T, 5])
  expect([...bars.present]).toEqual([0, 0, 1, 1, 1])
  expect([...bars.close]).toEqual([0, 0, 102, 103, 104])
  expect([...bars.venue].map((v) => bars.venues[v])).toEqual(['a', 'a', 'a', 'a', 'b'])
})

test('behavior: columns in any order, no venue, Windows line ends', () => {
  const { bars } = parseBars('close,ts,open,high,low,volume\r\n3,1704067200,2,4,1,9\r\n', 'X')
  expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0]]).toEqual([2, 4, 1, 3])
})

describe('behavior: what is wrong is found and never filled', () => {
  test('a gap', () => {
    const { bars, findings } = parse(row(0), row(1), row(5))
    expect(findings).toEqual([
      { type: 'gap', line: 4, at: T + 600, bars: 3, reason: '3 bars missing' },
    ])
    expect([...bars.present]).toEqual([1, 1, 0, 0, 0, 1])
  })

  test('a duplicate: the last row counts', () => {
    const { bars, findings } = parse(row(0), row(1), row(1, 500))
    expect(findings.map(({ type, line }) => [type, line])).toEqual([['duplicate', 4]])
    expect(bars.close[1]).toBe(500)
  })

  test('rows out of order are sorted', () => {
    const { bars, findings } = parse(row(1), row(0))
    expect(findings.map(({ type }) => type)).toEqual(['out-of-order'])
    expect([...bars.close]).toEqual([100, 101])
  })

  const bad: readonly [string, string][] = [
    ['a price of zero', `${T + 300},0,1,0,1,5,a`],
    ['no price', `${T + 300},,1,1,1,5,a`],
    ['a word', `${T + 300},1,1,1,nan,5,a`],
    ['a negative volume', `${T + 300},1,1,1,1,-5,a`],
    ['a high below the close', `${T + 300},1,1.5,1,2,5,a`],
    ['a time off the grid', `${T + 301},1,1,1,1,5,a`],
    ['a short row', `${T + 300},1,1`],
  ]
  for (const [name, line] of bad)
    test(name, () => {
      const { bars, findings } = parse(row(0), line, row(2))
      expect(findings.map(({ type }) => type)).toEqual(['bad-row', 'gap'])
      expect([...bars.present]).toEqual([1, 0, 1])
    })
})

describe('error: InvalidInputError', () => {
  const cases: readonly [string, string][] = [
    ['no column', 'ts,open,high,low,close\n1704067200,1,1,1,1'],
    ['nothing', ''],
    ['no row', HEADER],
    ['no good row', `${HEADER}\n1,2,3`],
    ['times in milliseconds', `${HEADER}\n${row(0)}\n${(T + 300) * 1000},1,1,1,1,1,a`],
  ]
  for (const [name, text] of cases)
    test(name, () => {
      expect(() => parseBars(text, 'ETH')).toThrow(InvalidInputError)
    })
})
