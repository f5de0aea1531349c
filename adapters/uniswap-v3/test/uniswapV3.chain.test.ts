import { known, openChain, type TestChain } from '@plimsoll/devnet'
import { BaseError, InvalidInputError, type SwapVenue, VenueReadError } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { createPublicClient, custom } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createUniswapV3, loadUniswapV3, type UniswapV3Config } from '../src/index.ts'
import { configOf } from './createHarness.ts'

let chain: TestChain
let config: UniswapV3Config
let venue: SwapVenue
let asked: { method: string; params: readonly unknown[] }[]

beforeAll(async () => {
  chain = await openChain()
  config = configOf(chain)
  venue = await loadUniswapV3(config)
})
afterAll(() => chain?.devnet.stop())
beforeEach(() => {
  asked = []
})

/** The chain through a transport that notes what is asked and may change the answers. */
const listening = (answer: (method: string, result: unknown) => unknown): ChainClient => {
  const request = async (what: { method: string; params?: readonly unknown[] }) => {
    asked.push({ method: what.method, params: what.params ?? [] })
    return answer(what.method, await chain.client.request(what as never))
  }
  const client = createPublicClient({
    chain: chain.client.chain,
    transport: custom({ request }),
    batch: { multicall: true },
    cacheTime: 0,
  })
  return client as unknown as ChainClient
}
const asIs = (_: string, result: unknown) => result

/** Sells 1 WETH and says for how much USDC. */
async function sell(): Promise<bigint> {
  const { WETH, USDC } = chain.tokens
  const account = await chain.account()
  await chain.fund(account, WETH, 10n ** 18n)
  const { timestamp } = await chain.latest()
  const intent = {
    type: 'swap',
    venue: venue.id,
    tokenIn: WETH,
    tokenOut: USDC,
    amountIn: 10n ** 18n,
    minOut: 1n,
  } as const
  const context = { owner: account, sender: account, deadline: timestamp + 60n }
  expect(await chain.send(venue.encode(intent, context), account)).toEqual({ type: 'settled' })
  return chain.balance(account, USDC)
}

const volumeOf = async (of: SwapVenue): Promise<bigint> => {
  const readings = await of.read(await chain.latest())
  return known(
    readings.find(({ asset }) => asset === 'ETH'),
    'a reading',
  ).volume5m
}

test('behavior: a following block asks for its own trades only', async () => {
  await chain.devnet.mine(600)
  const of = createUniswapV3({ ...config, client: listening(asIs) })
  const first = await sell()
  expect(await volumeOf(of)).toBe(first * 100n)
  const head = await chain.latest()
  asked = []
  const second = await sell()
  expect(await volumeOf(of)).toBe((first + second) * 100n)
  const ranges = asked.filter(({ method }) => method === 'eth_getLogs').map(({ params }) => params)
  expect(ranges).toMatchObject([[{ fromBlock: `0x${(head.number + 1n).toString(16)}` }]])
  asked = []
  expect(await volumeOf(of)).toBe((first + second) * 100n)
  expect(asked.some(({ method }) => method === 'eth_getLogs')).toBe(false)
})

test('behavior: a node that states no time in its logs gives the same volume', async () => {
  await chain.devnet.mine(600)
  const logs = (method: string, result: unknown) =>
    method === 'eth_getLogs'
      ? (result as object[]).map((log) => ({ ...log, blockTimestamp: undefined }))
      : result
  const of = createUniswapV3({ ...config, client: listening(logs) })
  const first = await sell()
  await chain.devnet.mine(250)
  const second = await sell()
  expect(await volumeOf(of)).toBe((first + second) * 100n)
  await chain.devnet.mine(100)
  expect(await volumeOf(of)).toBe(second * 100n)
})

test('behavior: a frame costs a handful of requests, however many pools', async () => {
  const of = createUniswapV3({ ...config, client: listening(asIs) })
  await of.read(await chain.latest())
  await chain.devnet.mine(1)
  const block = await chain.latest()
  asked = []
  await of.read(block)
  const count = (method: string) => asked.filter((each) => each.method === method).length
  expect(count('eth_call')).toBeLessThanOrEqual(3)
  expect(asked.length).toBeLessThanOrEqual(5)
})

test('error: VenueReadError where there is no pool', async () => {
  const address = chain.tokens.USDC.address
  const pools = config.pools.map((pool) => ({ ...pool, address }))
  const of = createUniswapV3({ ...config, pools })
  await expect(of.read(await chain.latest())).rejects.toThrow(VenueReadError)
})

test('error: InvalidInputError on a second pool of a pair', () => {
  const pools = [...config.pools, { ...config.pools[0]!, fee: 3_000 }]
  expect(() => createUniswapV3({ ...config, pools })).toThrow(InvalidInputError)
})

test.each([
  ['another fee', { fee: 3_000 }],
  ['another pool', { address: `0x${'5'.repeat(40)}` }],
  ['wrong decimals', { base: { decimals: 6 } }],
  ['a token of another pool', { base: { address: `0x${'5'.repeat(40)}` } }],
] as const)('error: a configuration with %s is refused at the start', async (_, wrong) => {
  const [pool] = config.pools
  const base = { ...pool!.base, ...('base' in wrong ? wrong.base : {}) }
  const broken = { ...pool!, ...wrong, base }
  await expect(loadUniswapV3({ ...config, pools: [broken] })).rejects.toThrow(BaseError)
})

test('error: InvalidInputError on another chain', async () => {
  await expect(loadUniswapV3({ ...config, chainId: 1 })).rejects.toThrow(InvalidInputError)
})
