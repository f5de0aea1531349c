import { describe, expect, test } from 'vitest'
import { worstHour, worstUnabsorbed } from './worstFall.ts'

const at = (minutes: number, move: number) => ({ at: 60 * minutes, move })

describe('worstHour', () => {
  test('default: the falls of the worst hour, whatever rose in between', () => {
    const moves = [at(0, -0.01), at(20, 0.05), at(40, -0.02), at(59, -0.03), at(61, -0.001)]
    expect(worstHour(moves)).toBeCloseTo(0.06, 12)
  })
  test('behavior: an hour is open where it began: what is exactly an hour old is gone', () => {
    expect(worstHour([at(0, -0.01), at(60, -0.01)])).toBeCloseTo(0.01, 12)
    expect(worstHour([at(0, -0.01), at(59.99, -0.01)])).toBeCloseTo(0.02, 12)
  })
  test('behavior: nothing falls', () => {
    expect(worstHour([])).toBe(0)
    expect(worstHour([at(0, 0.1)])).toBe(0)
  })
})

describe('worstUnabsorbed', () => {
  test('default: a fall and what half an hour leaves of the one before', () => {
    const left = 0.6 * 0.5 + 0.4 * 2 ** (-0.5 / 12)
    expect(worstUnabsorbed([at(0, -0.01), at(30, -0.02)])).toBeCloseTo(0.02 + 0.01 * left, 12)
  })
  test('behavior: never more than the plain sum, and a lone fall is whole', () => {
    const moves = [at(0, -0.01), at(5, -0.01), at(10, 0.01), at(15, -0.01)]
    expect(worstUnabsorbed(moves)).toBeLessThan(worstHour(moves))
    expect(worstUnabsorbed([at(7, -0.01)])).toBeCloseTo(0.01, 12)
  })
})
