import { InvalidInputError } from '@plimsoll/domain'
import { manifest } from '@plimsoll/model-ewma'
import { expect, test } from 'vitest'
import { loadEwma } from './loadEwma.ts'

test('default: the model in the repository loads as its manifest says', () => {
  const model = loadEwma(manifest)
  expect(model.name).toBe(`ewma@${manifest.version}`)
  expect(model.horizonsMs).toEqual([3_600_000, 14_400_000, 86_400_000])
  expect(model.minPoints).toBe(manifest.minPoints)
  const points = Array.from({ length: manifest.minPoints }, (_, i) => ({
    at: i * 300_000,
    price: i % 2 === 0 ? 100 : 101,
  }))
  const { horizons } = model.forecast('ETH', points)
  expect(horizons[0]?.variance).toBeCloseTo(12 * Math.log(1.01) ** 2, 12)
  expect(() => model.forecast('ETH', points.slice(1))).toThrow(InvalidInputError)
})

test('error: InvalidInputError', () => {
  const { version: _, ...without } = manifest
  for (const wrong of [
    null,
    'ewma',
    without,
    { ...manifest, name: 'garch' },
    { ...manifest, halflifeMs: 1 },
    { ...manifest, halfLifeMs: '12h' },
    { ...manifest, halfLifeMs: -1 },
    { ...manifest, minPoints: 1 },
    { ...manifest, horizonsMs: 3_600_000 },
    { ...manifest, horizonsMs: ['1h'] },
    { ...manifest, version: '' },
  ])
    expect(() => loadEwma(wrong)).toThrow(InvalidInputError)
})
