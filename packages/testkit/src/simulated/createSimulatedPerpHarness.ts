import { price } from '@plimsoll/domain'
import type { PerpHarness } from '../PerpHarness.ts'
import { createSimulatedChain } from './createSimulatedChain.ts'
import { createSimulatedOracle } from './createSimulatedOracle.ts'
import { createSimulatedPerp } from './createSimulatedPerp.ts'
import { balanceOf, mint } from './Ledger.ts'
import { SIMULATED_USDC, simulatedAccount } from './simulatedTokens.ts'

const ONE = 10n ** 18n
const BANK = 10n ** 15n
const VENUE = '0x00000000000000000000000000000000009e9000'

/** Creates the simulated perp venue on a chain of its own, for the conformance suite. */
export function createSimulatedPerpHarness(): PerpHarness {
  const chain = createSimulatedChain()
  const prices = new Map([
    ['ETH', price(2_000n * ONE)],
    ['BTC', price(40_000n * ONE)],
  ])
  const oracle = createSimulatedOracle({ chain, prices })
  const markets = [
    { name: 'ETH-PERP', asset: 'ETH', depth: 100_000n * ONE, size: 2n * ONE },
    { name: 'BTC-PERP', asset: 'BTC', depth: 5_000n * ONE, size: ONE / 10n },
  ] as const
  const venue = createSimulatedPerp({
    chain,
    oracle,
    address: VENUE,
    marginToken: SIMULATED_USDC,
    markets,
  })
  chain.write((storage) => mint(storage, SIMULATED_USDC, VENUE, BANK))
  const liquidator = simulatedAccount(0)
  let accounts = 0

  return {
    venue,
    markets,
    marginToken: SIMULATED_USDC,
    leverage: 5,
    domainOf: venue.domainOf,
    account: async () => simulatedAccount(++accounts),
    fund: async (account, raw) => chain.fund(account, SIMULATED_USDC, raw),
    balance: async (account) => balanceOf(chain.at(await chain.latest()), SIMULATED_USDC, account),
    send: async (calls, from) => chain.run(calls, from),
    latest: () => chain.latest(),
    async movePrice(asset, factor) {
      const now = oracle.priceIn(chain.at(await chain.latest()), asset)
      oracle.publish(asset, price((now * BigInt(Math.round(factor * 1e12))) / 10n ** 12n))
    },
    async crowd(asset, side) {
      const market = markets.find((each) => each.asset === asset) ?? markets[0]
      const crowd = simulatedAccount(++accounts)
      const size = (side === 'long' ? 1n : -1n) * (market.depth / 1_000n)
      chain.fund(crowd, SIMULATED_USDC, BANK)
      const context = {
        owner: crowd,
        sender: crowd,
        deadline: (await chain.latest()).timestamp + 60n,
      }
      const domain = venue.domainOf(crowd)
      const supply = { venue: venue.id, domain, token: SIMULATED_USDC, raw: BANK }
      const limit = side === 'long' ? 2n ** 200n : 1n
      chain.run(
        [
          ...venue.encode({ type: 'supply', ...supply }, context),
          ...venue.encode(
            {
              type: 'trade',
              venue: venue.id,
              domain,
              market: market.name,
              asset,
              size,
              limit,
              reduceOnly: false,
            },
            context,
          ),
        ],
        crowd,
      )
    },
    mine: async (seconds) => chain.mine(seconds),
    async liquidatable(account, market) {
      const { type } = await chain.simulate({
        from: liquidator,
        calls: [venue.liquidate(account, market)],
      })
      return type === 'succeeded'
    },
    async checkpoint() {
      const restore = chain.checkpoint()
      return async () => restore()
    },
    close: async () => {},
  }
}
