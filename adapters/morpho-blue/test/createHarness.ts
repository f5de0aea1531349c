import { type FeedAsset, known, openChain, type TestChain } from '@plimsoll/devnet'
import { type AssetId, price } from '@plimsoll/domain'
import { decodeRevertData, erc20Abi, extractRevertData } from '@plimsoll/evm'
import type { LendingHarness } from '@plimsoll/testkit'
import { encodeFunctionData } from 'viem'
import { loadMorphoBlue, type Market } from '../src/index.ts'
import { feedAnswerAbi, morphoAbi } from './abis.ts'

const MAX = 2n ** 256n - 1n

/** The devnet's WETH and WBTC markets as the adapter is told of them. */
export function marketsOf({ devnet, tokens }: TestChain): readonly Market[] {
  const { deployment } = devnet
  return deployment.morpho.markets.map(({ params, collateral, loan }) => ({
    params: { ...params, lltv: BigInt(params.lltv) },
    loanToken: tokens[loan],
    collateralToken: tokens[collateral],
    loanPrice: { type: 'feed', feed: deployment.feeds.USDC },
  }))
}

/** The WETH/USDC market of a devnet behind the lending suite. */
export async function createHarness(): Promise<LendingHarness> {
  const chain = await openChain()
  const { devnet, client, tokens } = chain
  const { morpho } = devnet.deployment.morpho
  const markets = marketsOf(chain)
  const of = known(
    markets.find(({ collateralToken }) => collateralToken.symbol === 'WETH'),
    'a WETH market',
  )
  const { id } = known(
    devnet.deployment.morpho.markets.find(({ collateral }) => collateral === 'WETH'),
    'a WETH market',
  )
  const venue = await loadMorphoBlue({ client, chainId: devnet.chainId, morpho, markets })

  const liquidator = await chain.account()
  await chain.fund(liquidator, tokens.USDC, 10n ** 15n)
  const approval = encodeFunctionData({
    abi: erc20Abi,
    functionName: 'approve',
    args: [morpho, MAX],
  })
  await chain.send([{ to: tokens.USDC.address, data: approval }], liquidator)

  const answerOf = (asset: AssetId) =>
    client.readContract({
      address: devnet.deployment.feeds[asset as FeedAsset],
      abi: feedAnswerAbi,
      functionName: 'latestAnswer',
    })

  return {
    ...chain,
    venue,
    collateral: tokens.WETH,
    debt: tokens.USDC,
    collateralRaw: 10n * 10n ** 18n,
    dust: 1n,
    domainOf: (account) => `${venue.id}/${id}/${account.toLowerCase()}`,
    price: async (asset) => price((await answerOf(asset)) * 10n ** 10n),
    async movePrice(asset, factor) {
      const moved = Math.round(Number(await answerOf(asset)) * factor)
      await devnet.setFeed(asset as FeedAsset, BigInt(moved))
    },
    mine: (seconds) => devnet.mine(seconds),
    async liquidatable(account) {
      try {
        await client.simulateContract({
          address: morpho,
          abi: morphoAbi,
          functionName: 'liquidate',
          args: [of.params, account, 1n, 0n, '0x'],
          account: liquidator,
        })
        return true
      } catch (error) {
        const data = extractRevertData(error)
        if (data !== null && decodeRevertData(data) === 'position is healthy') return false
        throw error
      }
    },
    close: () => devnet.stop(),
  }
}
