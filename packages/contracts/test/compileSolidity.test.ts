import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CompilationError, compileSolidity } from '../src/index.ts'

const compiler = createRequire(import.meta.url).resolve('solc')
let cacheDir: string

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'plimsoll-'))
})
afterAll(() => rm(cacheDir, { recursive: true }))

function job(body: string, onCompile: () => void) {
  const sources = { 'A.sol': `// SPDX-License-Identifier: MIT\npragma solidity 0.8.27;\n${body}` }
  return compileSolidity({
    compiler,
    sources,
    settings: {},
    wanted: ['A.sol'],
    cacheDir,
    onCompile,
  })
}

test('behavior: two at once compile once, and a third not at all', async () => {
  let runs = 0
  const count = () => {
    runs += 1
  }
  const source = 'contract A { uint256 public x = 7; }'
  const [first, second] = await Promise.all([job(source, count), job(source, count)])
  const third = await job(source, count)
  expect(runs).toBe(1)
  expect(first.A?.abi).toHaveLength(1)
  expect([second, third]).toEqual([first, first])
}, 60_000)

test('behavior: the runtime code has zeros where the constructor writes, and says where', async () => {
  const source = 'contract A { address public immutable OWNER = msg.sender; }'
  const { A } = await job(source, () => {})
  expect(A?.immutables.map(({ length }) => length)).toEqual([32])
  for (const { start, length } of A?.immutables ?? [])
    expect(A?.runtime.slice(2 + 2 * start, 2 + 2 * (start + length))).toBe('0'.repeat(64))
}, 60_000)

test('error: CompilationError', async () => {
  await expect(job('contract A { uint256 x = true; }', () => {})).rejects.toBeInstanceOf(
    CompilationError,
  )
}, 60_000)
