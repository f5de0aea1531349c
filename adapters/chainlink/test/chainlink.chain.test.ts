import { type Address, InvalidInputError, StalePriceError, VenueReadError } from '@plimsoll/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChainlink } from '../src/index.ts'
import { startFeeds } from './chainlinkChain.ts'

let chain: Awaited<ReturnType<typeof startFeeds>>

beforeAll(async () => {
  chain = await startFeeds()
})
afterAll(() => chain?.devnet.stop())

test('the devnet starts at its stated prices', async () => {
  await chain.devnet.setFeed('USDC', 99_987_654n)
  const readings = await chain.source.read(await chain.latest())
  expect(readings.map(({ asset, price }) => [asset, price])).toEqual([
    ['ETH', 2_000_000000000000000000n],
    ['BTC', 40_000_000000000000000000n],
    ['USDC', 999_876_540000000000n],
  ])
})

test('one stale feed refuses the whole read and is named', async () => {
  const restore = await chain.checkpoint()
  await chain.devnet.mine(3_600 + 60 + 1)
  for (const asset of ['ETH', 'USDC'] as const) await chain.devnet.setFeed(asset, 100_000_000n)
  const refused = chain.source.read(await chain.latest())
  await expect(refused).rejects.toThrow(StalePriceError)
  await expect(refused).rejects.toMatchObject({ feed: 'BTC', recovery: 'refresh' })
  await restore()
})

test('an address that is no aggregator is a read error that can be repeated', async () => {
  const address: Address = chain.devnet.deployment.tokens.WETH.address
  const source = createChainlink({
    client: chain.client,
    feeds: [{ asset: 'ETH', address, heartbeat: 1n }],
  })
  const refused = source.read(await chain.latest())
  await expect(refused).rejects.toThrow(VenueReadError)
  await expect(refused).rejects.toMatchObject({ recovery: 'retry' })
})

test('a source without feeds, with an asset twice or without heartbeat is refused', () => {
  const { client, feeds } = chain
  const [first] = feeds
  for (const bad of [[], [...feeds, ...feeds], [{ ...first!, heartbeat: 0n }]])
    expect(() => createChainlink({ client, feeds: bad })).toThrow(InvalidInputError)
})
