import type { PerpAsset } from '@plimsoll/devnet'
import type { AssetId, PerpIntent } from '@plimsoll/domain'
import { decodeRevertData, extractRevertData } from '@plimsoll/evm'
import { type PerpHarness, perpVenueSuite } from '@plimsoll/testkit'
import { encodeFunctionData, parseAbi } from 'viem'
import { expect } from 'vitest'
import { domainId } from '../src/domainId.ts'
import { createSynthetixMarket } from './createSynthetixMarket.ts'

const ONE = 10n ** 18n
const HOUR = 3_600
/** Enough for the rate to follow the skew to its other side. [h] */
const SETTLED_HOURS = 6
const abi = parseAbi(['function flagPosition(address account)'])

perpVenueSuite({ name: 'synthetix-perps-v2', create: createHarness })

async function createHarness(): Promise<PerpHarness> {
  const bench = await createSynthetixMarket()
  const { devnet, client, venue, config } = bench
  let isWorking = true
  const perpAsset = (asset: AssetId): PerpAsset => (asset === 'BTC' ? 'BTC' : 'ETH')

  const send: PerpHarness['send'] = async (calls, from) => {
    const sent = await bench.sendAll(calls, from)
    if (sent.type === 'reverted') return { type: 'reverted', index: sent.index, data: sent.data }
    if (!isWorking) return { type: 'settled' }
    for (const { pending } of await venue.read(from, await bench.latest()))
      if (pending !== null) await bench.fill(from, bench.marketOf(pending.market))
    return { type: 'settled' }
  }

  return {
    venue,
    markets: [
      { name: 'ETH-PERP', asset: 'ETH', size: 5n * ONE },
      { name: 'BTC-PERP', asset: 'BTC', size: ONE / 4n },
    ],
    marginToken: config.marginToken,
    leverage: 5,
    domainOf: (account, market) => domainId(venue.id, market, account),
    account: bench.account,
    fund: (account, raw) => devnet.mintSusd(account, raw),
    balance: bench.balance,
    send,
    keeper: {
      work(on) {
        isWorking = on
      },
      async fill(account, market) {
        const sent = await bench.fill(account, bench.marketOf(market))
        return sent.type === 'settled' ? { type: 'settled' } : { ...sent, index: 0 }
      },
    },
    latest: bench.latest,
    async movePrice(of, factor) {
      const asset = perpAsset(of)
      const to = Number(await bench.feed(asset)) * factor
      await devnet.setFeed(asset, BigInt(Math.round(to)))
    },
    async crowd(of, side) {
      const market = config.markets.find((each) => each.asset === of) ?? config.markets[0]
      if (market === undefined) return
      const whale = await bench.account()
      const domain = domainId(venue.id, market.name, whale)
      const raw = 50_000_000n * ONE
      await devnet.mintSusd(whale, raw)
      const named = { venue: venue.id, domain } as const
      const trade = { type: 'trade', ...named, market: market.name, asset: of } as const
      const size = ((side === 'long' ? 10n : -10n) * ONE * (of === 'BTC' ? 50n : 1_000n)) / 1n
      const context = { owner: whale, sender: whale, deadline: 2n ** 40n }
      const intents: readonly PerpIntent[] = [
        { type: 'supply', ...named, token: config.marginToken, raw },
        { ...trade, size, limit: size > 0n ? 2n ** 150n : 1n, reduceOnly: false },
      ]
      for (const intent of intents)
        expect(await send(venue.encode(intent, context), whale)).toEqual({ type: 'settled' })
      for (let hour = 0; hour < SETTLED_HOURS; hour++) await bench.pass(HOUR)
    },
    mine: bench.pass,
    async liquidatable(account, name) {
      const data = encodeFunctionData({ abi, functionName: 'flagPosition', args: [account] })
      const call = { account: bench.keeper, to: bench.marketOf(name).address, data }
      const refusal = await client.call(call).then(
        () => null,
        (error: unknown) => decodeRevertData(extractRevertData(error) ?? '0x'),
      )
      expect([null, 'Position cannot be liquidated']).toContain(refusal)
      return refusal === null
    },
    async checkpoint() {
      const id = await devnet.snapshot()
      return async () => {
        isWorking = true
        await devnet.revert(id)
      }
    },
    close: () => devnet.stop(),
  }
}
