import { describe, expect, test } from 'vitest'
import {
  constantGraph,
  goodGraph,
  leakingGraph,
  misnamedGraph,
  modelOf,
  nanGraph,
} from '../../test/graphs.ts'
import { checkModel } from './checkModel.ts'
import type { Golden } from './parseGolden.ts'

const golden: Golden = {
  batch: { rows: 2, features: Float32Array.of(-13, -14), bars: null },
  outputs: new Map([
    [
      'logvar',
      Float32Array.from([-13, -14].flatMap((x) => [12, 48, 288].map((n) => x + Math.log(n)))),
    ],
  ]),
}

async function failing(graph: Uint8Array, recorded: Golden | null = golden): Promise<string[]> {
  const results = await checkModel(modelOf(graph), recorded)
  for (const { passed, remedy } of results) expect(remedy === '').toBe(passed)
  // How fast this machine is at the moment is no matter of a unit test.
  return results.filter(({ passed, name }) => !passed && name !== 'speed').map(({ name }) => name)
}

// Threads start slowly on a busy machine.
const timeout = 60_000

test('default: a model that keeps the contract passes every check', { timeout }, async () => {
  expect(await failing(goodGraph())).toEqual([])
})

describe('behavior: each flaw fails its own check', { timeout }, () => {
  test('an output of another name', async () => {
    expect(await failing(misnamedGraph())).toEqual(['contract'])
  })
  test('no recorded outputs', async () => {
    expect(await failing(goodGraph(), null)).toEqual(['golden'])
  })
  test('normalisation over the batch', async () => {
    expect(await failing(leakingGraph())).toContain('rows are independent')
  })
  test('a variance in another unit', async () => {
    expect(await failing(constantGraph(-2))).toEqual(['golden', 'unit of variance'])
  })
  test('numbers that are none', async () => {
    expect(await failing(nanGraph())).toEqual(
      expect.arrayContaining(['golden', 'finite far out', 'unit of variance']),
    )
  })
})
