import { InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { createSettableClock } from './createSettableClock.ts'

test('default: a settable clock stands until it is moved, and sleeping moves it', async () => {
  const clock = createSettableClock(1_000)
  expect(clock.now()).toBe(1_000)
  await clock.sleep(250)
  expect(clock.now()).toBe(1_250)
  clock.set(5_000)
  expect(clock.now()).toBe(5_000)
})

test('error: InvalidInputError when kernel time would go back', () => {
  const clock = createSettableClock(1_000)
  for (const ms of [999, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => clock.set(ms)).toThrow(InvalidInputError)
  expect(clock.now()).toBe(1_000)
})
