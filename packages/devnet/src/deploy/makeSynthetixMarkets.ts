import { synthetixStandInAbi } from '@plimsoll/contracts'
import { encodeFunctionData, parseEther } from 'viem'
import type { Accounts } from '../accounts.ts'
import { mineAfter } from '../chainTime.ts'
import type { PerpAsset, SynthetixDeployment } from '../deployment.ts'
import { CHAIN_ID } from '../node/spawnAnvil.ts'
import { sendTransaction } from '../sendTransaction.ts'
import { signPriceUpdate } from '../signPriceUpdate.ts'
import type { Deployer } from './deployer.ts'
import {
  answerOf,
  type StartPrices,
  SYNTHETIX_MARGIN_USD,
  SYNTHETIX_OPEN_INTEREST,
} from './market.ts'

const SYNTHETIX = 'synthetix'
const WAIT_SECONDS = 5 // more than an order's least age
const UPDATE_FEE = 1n // wei

/**
 * Opens the interest that a market has from others: the `trader` is long, the `arbitrageur` short, by off-chain orders
 * that the `synthetixKeeper` executes, as any order is.
 */
export async function makeSynthetixMarkets(
  deployer: Deployer,
  synthetix: SynthetixDeployment,
  plan: { readonly accounts: Accounts; readonly prices: StartPrices },
): Promise<void> {
  const { accounts, prices } = plan
  const { client } = deployer
  const standIn = { name: 'stand-in', address: synthetix.standIn, abi: synthetixStandInAbi }
  const margin = parseEther(String(SYNTHETIX_MARGIN_USD))
  const keeper = accounts.synthetixKeeper.address
  for (const asset of ['ETH', 'BTC'] as const satisfies readonly PerpAsset[]) {
    const { proxy, priceFeedId } = synthetix.markets[asset]
    const at = (part: string) => deployer.at(SYNTHETIX, part, proxy)
    const [market, intent, execution] = [
      await at('PerpsV2Market'),
      await at('PerpsV2MarketDelayedIntent'),
      await at('PerpsV2MarketDelayedExecution'),
    ]
    const { long, short } = SYNTHETIX_OPEN_INTEREST[asset]
    const sides = [
      { by: accounts.trader.address, size: parseEther(long), sign: 1n },
      { by: accounts.arbitrageur.address, size: -parseEther(short), sign: -1n },
    ]
    for (const { by, size, sign } of sides) {
      await deployer.send(standIn, 'mint', [by, margin])
      await deployer.send(market, 'transferMargin', [margin], by)
      const worst = (answerOf(prices[asset]) * 10n ** 10n * (10n + sign)) / 10n
      await deployer.send(intent, 'submitOffchainDelayedOrder', [size, worst], by)
    }
    await mineAfter(client, WAIT_SECONDS)
    const { timestamp: publishTime } = await client.getBlock()
    const update = await signPriceUpdate(accounts.deployer, {
      chainId: CHAIN_ID,
      verifier: synthetix.pyth,
      id: priceFeedId,
      price: answerOf(prices[asset]),
      publishTime,
    })
    for (const { by } of sides) {
      const action = `execution of the ${asset} order of ${by}`
      const args = [by, [update]]
      const functionName = 'executeOffchainDelayedOrder'
      const data = encodeFunctionData({ abi: execution.abi, functionName, args })
      await sendTransaction(client, { action, from: keeper, to: proxy, data, value: UPDATE_FEE })
    }
  }
}
