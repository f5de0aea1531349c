import { expect, test } from 'vitest'
import { perpPosition } from '../test/perpPosition.ts'
import { liquidationTerms } from './liquidationTerms.ts'

const half = { fullCloseHealth: 0.5, partial: true }
const whole = { fullCloseHealth: null, partial: true }

test.for([
  ['one market: half', [1_000n], { closeFactor: 0.5, ...half }],
  ['one small market: all', [-100n], { closeFactor: 1, fullCloseHealth: null, partial: false }],
  ['the larger of two: half of everything', [3_000n, -1_000n], { closeFactor: 0.5, ...half }],
  ['two equal ones: one of them whole', [-1_000n, 1_000n], { closeFactor: 0.5, ...whole }],
  ['three: the largest whole', [500n, 300n, 200n], { closeFactor: 0.5, ...whole }],
  ['four: the largest whole', [400n, 300n, -200n, 100n], { closeFactor: 0.4, ...whole }],
  ['none', [], { closeFactor: 1, fullCloseHealth: null, partial: false }],
] as const)('%s', ([, notionals, terms]) => {
  expect(liquidationTerms(perpPosition(...notionals))).toEqual({ ...terms, bonus: 0.0125 })
})
