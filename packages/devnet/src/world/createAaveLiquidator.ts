import { BPS, mulDivDown, usd, valueDown, WAD } from '@plimsoll/domain'
import { type Address, encodeFunctionData, erc20Abi, isAddressEqual, parseEventLogs } from 'viem'
import { type DevnetToken, TOKENS } from '../deployment.ts'
import { aaveDataProviderAbi, aavePoolAbi } from './abis.ts'
import { type Attempt, gather, type Liquidator, type Prices, tryOut } from './Liquidator.ts'
import type { DollarPool } from './readMarket.ts'
import { type Stage, tokenAt } from './Stage.ts'
import { saleCall } from './saleCall.ts'
import { inventoryCalls } from './trading.ts'

const INVENTORY = { WETH: 10n ** 23n, WBTC: 10n ** 12n, USDC: 10n ** 14n }
const WHOLE_DEBT_BELOW = (95n * WAD) / 100n // Aave's close factor is a half above, everything below
const EVERYTHING = 2n ** 256n - 1n
const GAS = 2_500_000n

interface Reserve {
  readonly token: DevnetToken
  readonly collateral: bigint
  readonly debt: bigint
  /** Including the debt itself. [bps] */
  readonly bonus: bigint
}

/** Creates the bot that calls Aave's `liquidationCall` on the pair of collateral and debt that pays it most. */
export function createAaveLiquidator(stage: Stage, pools: readonly DollarPool[]): Liquidator {
  const { client, tokens } = stage
  const { pool, dataProvider, reserves } = stage.deployment.aave
  const by = stage.accounts.aaveLiquidator.address

  const attempt = (account: Address, collateral: DevnetToken, debt: DevnetToken): Attempt => ({
    action: `Aave liquidationCall of ${account}, ${collateral.symbol} for ${debt.symbol}`,
    account,
    from: by,
    to: pool,
    gas: GAS,
    data: encodeFunctionData({
      abi: aavePoolAbi,
      functionName: 'liquidationCall',
      args: [collateral.address, debt.address, account, EVERYTHING, false],
    }),
  })

  const readReserves = async (account: Address): Promise<readonly Reserve[]> => {
    const contract = { address: dataProvider, abi: aaveDataProviderAbi } as const
    const [configurations, holdings] = await Promise.all([
      client.multicall({
        allowFailure: false,
        batchSize: 0,
        contracts: TOKENS.map(
          (symbol) =>
            ({
              ...contract,
              functionName: 'getReserveConfigurationData',
              args: [tokens[symbol].address],
            }) as const,
        ),
      }),
      client.multicall({
        allowFailure: false,
        batchSize: 0,
        contracts: TOKENS.map(
          (symbol) =>
            ({
              ...contract,
              functionName: 'getUserReserveData',
              args: [tokens[symbol].address, account],
            }) as const,
        ),
      }),
    ])
    return TOKENS.map((symbol, i) => ({
      token: tokens[symbol],
      collateral: holdings[i]?.[8] ? holdings[i][0] : 0n,
      debt: holdings[i]?.[2] ?? 0n,
      bonus: configurations[i]?.[3] ?? 0n,
    }))
  }

  return {
    inventory: inventoryCalls(stage, 'aaveLiquidator', INVENTORY, [
      pool,
      stage.deployment.uniswap.swapRouter02,
    ]),
    async find(accounts, prices) {
      const data = await client.multicall({
        allowFailure: false,
        batchSize: 0,
        contracts: accounts.map(
          (account) =>
            ({
              address: pool,
              abi: aavePoolAbi,
              functionName: 'getUserAccountData',
              args: [account],
            }) as const,
        ),
      })
      const below = accounts.flatMap((account, i) => {
        const healthFactor = data[i]?.[5] ?? WAD
        return healthFactor < WAD ? [{ account, healthFactor }] : []
      })
      return gather(
        await Promise.all(
          below.map(async ({ account, healthFactor }) => {
            const closeFactor = healthFactor > WHOLE_DEBT_BELOW ? BPS / 2n : BPS
            const pairs = rankPairs(await readReserves(account), closeFactor, prices)
            return tryOut(
              stage,
              pairs.map(({ collateral, debt }) => attempt(account, collateral, debt)),
            )
          }),
        ),
      )
    },
    read(mined, block, prices) {
      const logs = [...mined.logs]
      const [event] = parseEventLogs({ abi: aavePoolAbi, eventName: 'LiquidationCall', logs })
      if (event === undefined) return null
      const { collateralAsset, debtAsset, user, debtToCover, liquidatedCollateralAmount } =
        event.args
      const collateral = tokenAt(stage, collateralAsset)
      const debt = tokenAt(stage, debtAsset)
      const treasury = stage.accounts.treasury.address
      const aToken = reserves[collateral.symbol].aToken
      // Aave takes its share of the bonus as aTokens, which the event leaves out.
      const share = parseEventLogs({ abi: erc20Abi, eventName: 'Transfer', logs }).find(
        ({ address, args }) =>
          isAddressEqual(address, aToken) &&
          isAddressEqual(args.from, user) &&
          isAddressEqual(args.to, treasury),
      )
      const lost = liquidatedCollateralAmount + (share?.args.value ?? 0n)
      const closedUsd = valueDown(debtToCover, debt.decimals, prices[debt.asset])
      const lostUsd = valueDown(lost, collateral.decimals, prices[collateral.asset])
      return {
        liquidation: {
          protocol: 'aave-v3',
          account: user,
          liquidator: by,
          txHash: mined.hash,
          block: block.number,
          repaid: { token: debt, raw: debtToCover },
          seized: { token: collateral, raw: lost },
          closedUsd,
          bonusUsd: usd(lostUsd - closedUsd),
        },
        sale: saleCall(stage, pools, {
          by,
          token: collateral,
          amountIn: liquidatedCollateralAmount,
        }),
      }
    },
  }
}

/** Pairs of collateral and debt, the one with the largest bonus first. */
function rankPairs(reserves: readonly Reserve[], closeFactor: bigint, prices: Prices) {
  const value = ({ token }: Reserve, raw: bigint) =>
    valueDown(raw, token.decimals, prices[token.asset])
  return reserves
    .filter(({ debt }) => debt > 0n)
    .flatMap((debt) => {
      const closable = mulDivDown(value(debt, debt.debt), closeFactor, BPS)
      return reserves
        .filter(({ collateral }) => collateral > 0n)
        .map((collateral) => {
          const covered = mulDivDown(
            value(collateral, collateral.collateral),
            BPS,
            collateral.bonus,
          )
          const isShort = covered < closable
          const repaid = isShort ? covered : closable
          const gain = mulDivDown(repaid, collateral.bonus - BPS, BPS)
          return { collateral: collateral.token, debt: debt.token, gain }
        })
    })
    .sort((a, b) => (a.gain === b.gain ? 0 : a.gain > b.gain ? -1 : 1))
}
