import type { PerpAsset } from '@plimsoll/devnet'
import type { AssetId } from '@plimsoll/domain'
import { decodeRevertData, erc20Abi, extractRevertData } from '@plimsoll/evm'
import { type PerpHarness, perpVenueSuite } from '@plimsoll/testkit'
import { encodeFunctionData, parseAbi } from 'viem'
import { expect } from 'vitest'
import { domainId } from '../src/domainId.ts'
import { createPerpMarket } from './createPerpMarket.ts'

/** The mark price's longest window, and the gap between a feed's move and the pool's. [s] */
const SETTLED = 1_900
const abi = parseAbi(['function liquidate(address trader, address baseToken)'])

perpVenueSuite({ name: 'perp-v2', create: createHarness })

async function createHarness(): Promise<PerpHarness> {
  const market = await createPerpMarket()
  const { devnet, client, venue, config } = market
  const token = config.marginToken.address
  const perpAsset = (asset: AssetId): PerpAsset => (asset === 'BTC' ? 'BTC' : 'ETH')
  const index = async (asset: PerpAsset) => Number(await market.feed(asset)) / 1e8

  return {
    venue,
    markets: [
      { name: 'ETH', asset: 'ETH', size: 5n * 10n ** 18n },
      { name: 'BTC', asset: 'BTC', size: 25n * 10n ** 16n },
    ],
    marginToken: config.marginToken,
    leverage: 5,
    domainOf: (account) => domainId(venue.id, account),
    account: market.account,
    fund: (account, raw) => devnet.mint('USDC', account, raw),
    balance: (account) =>
      client.readContract({
        address: token,
        abi: erc20Abi,
        functionName: 'balanceOf',
        args: [account],
      }),
    async send(calls, from) {
      for (const [index, call] of calls.entries()) {
        const sent = await market.send(call, from)
        if (sent.type === 'reverted') return { type: 'reverted', index, data: sent.data }
      }
      return { type: 'settled' }
    },
    latest: market.latest,
    async movePrice(of, factor) {
      const asset = perpAsset(of)
      const steps = Math.ceil(Math.abs(Math.log(factor)) / 0.08)
      const start = await index(asset)
      for (let step = 1; step <= steps; step++) {
        const to = start * factor ** (step / steps)
        await devnet.setFeed(asset, BigInt(Math.round(to * 1e8)))
        await market.pullPool(asset, to)
      }
      await devnet.mine(SETTLED)
    },
    async crowd(of, side) {
      const asset = perpAsset(of)
      await market.pullPool(asset, (await index(asset)) * (side === 'long' ? 1.02 : 0.98))
    },
    mine: (seconds) => devnet.mine(seconds),
    async liquidatable(account, name) {
      const of = config.markets.find((each) => each.name === name)
      if (of === undefined) return false
      const args = [account, of.baseToken] as const
      const data = encodeFunctionData({ abi, functionName: 'liquidate', args })
      const call = { account: market.whale, to: config.clearingHouse, data }
      const refusal = await client.call(call).then(
        () => null,
        (error: unknown) => decodeRevertData(extractRevertData(error) ?? '0x'),
      )
      expect([null, 'CH_EAV', 'CH_PSZ']).toContain(refusal)
      return refusal === null
    },
    async checkpoint() {
      const id = await devnet.snapshot()
      return () => devnet.revert(id)
    },
    close: () => devnet.stop(),
  }
}
