import { type ChainHead, VenueReadError } from '@plimsoll/domain'
import { createChainClient, createChainHead } from '@plimsoll/evm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Devnet, startDevnet } from '../src/index.ts'

let devnet: Devnet
let head: ChainHead

beforeAll(async () => {
  devnet = await startDevnet()
  head = createChainHead(await createChainClient({ ...devnet, ...devnet.deployment }))
})
afterAll(() => devnet?.stop())

const reorg = (depth: number) =>
  devnet.client.request({ method: 'anvil_reorg', params: [depth, []] } as never)

test('behavior: a block that a reorg replaced is not canonical, its parent is', async () => {
  const parent = await head.latest()
  await devnet.setFeed('USDC', 99_000_000n)
  const block = await head.latest()
  expect([await head.isCanonical(parent), await head.isCanonical(block)]).toEqual([true, true])
  await reorg(1)
  const instead = await head.latest()
  expect(instead.number).toBe(block.number)
  expect(await Promise.all([parent, block, instead].map(head.isCanonical))).toEqual([
    true,
    false,
    true,
  ])
})

test('behavior: a block above a chain that became shorter is not canonical', async () => {
  const snapshot = await devnet.snapshot()
  await devnet.mine(5)
  const block = await head.latest()
  await devnet.revert(snapshot)
  expect(await head.isCanonical(block)).toBe(false)
})

test('error: VenueReadError when the node does not answer', async () => {
  const other = await startDevnet()
  const theirs = createChainHead(await createChainClient({ ...other, ...other.deployment }))
  const block = await theirs.latest()
  await other.stop()
  await expect(theirs.isCanonical(block)).rejects.toBeInstanceOf(VenueReadError)
})
