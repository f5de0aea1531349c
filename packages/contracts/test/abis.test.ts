import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compileSources } from '../src/compileSources.ts'
import * as contracts from '../src/index.ts'

const exported = Object.entries(contracts).filter(([name]) => name.endsWith('Abi'))

test('behavior: the committed ABIs are the compiler’s', async () => {
  const compiled = await compileSources()
  const expected = Object.entries(compiled).map(([name, { abi }]) => [
    `${name.charAt(0).toLowerCase()}${name.slice(1)}Abi`,
    abi,
  ])
  expect(Object.fromEntries(exported)).toEqual(Object.fromEntries(expected))
}, 60_000)

test('behavior: every source has an artifact with bytecode', async () => {
  const artifacts = await contracts.compileContracts()
  const sources = await readdir(new URL('../solidity/', import.meta.url))
  expect(Object.keys(artifacts).sort()).toEqual(
    sources.map((name) => name.replace('.sol', '')).sort(),
  )
  for (const { bytecode } of Object.values(artifacts)) expect(bytecode.length).toBeGreaterThan(100)
}, 60_000)
