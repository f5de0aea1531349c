import { price } from '@plimsoll/domain'
import { lendingVenueSuite } from '@plimsoll/testkit'
import { parseAbi } from 'viem'
import { domainIdOf } from '../src/index.ts'
import { startAave } from './aaveChain.ts'

const oracleAbi = parseAbi(['function getAssetPrice(address asset) view returns (uint256)'])

lendingVenueSuite({
  name: 'aave-v3',
  create: async () => {
    const chain = await startAave()
    const { aave, tokens } = chain
    const [collateral, debt] = [tokens.WETH, tokens.USDC]
    return {
      ...chain,
      venue: aave,
      collateral,
      debt,
      collateralRaw: 10n ** 19n,
      dust: 2n,
      domainOf: (account) => domainIdOf(aave.config.pool, account),
      async price(asset) {
        const { address } = asset === collateral.asset ? collateral : debt
        const args = [address] as const
        const e8: bigint = await chain.view(
          chain.devnet.deployment.aave.oracle,
          oracleAbi,
          'getAssetPrice',
          args,
        )
        return price(e8 * 10n ** 10n)
      },
      mine: (seconds) => chain.devnet.mine(seconds),
      liquidatable: async (account) =>
        (await chain.liquidationError({ account, collateral, debt })) === null,
    }
  },
})
