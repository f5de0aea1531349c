import type { Devnet, TokenSymbol } from '@plimsoll/devnet'
import { type Address, parseAbi } from 'viem'

const abi = parseAbi([
  'function balanceOf(address account) view returns (uint256)',
  'function position(bytes32 id, address user) view returns (uint256 supplyShares, uint128 borrowShares, uint128 collateral)',
  'function market(bytes32 id) view returns (uint128 totalSupplyAssets, uint128 totalSupplyShares, uint128 totalBorrowAssets, uint128 totalBorrowShares, uint128 lastUpdate, uint128 fee)',
  'function getUserAccountData(address user) view returns (uint256 collateral, uint256 debt, uint256 available, uint256 threshold, uint256 ltv, uint256 healthFactor)',
  'function getBalance(address trader) view returns (int256)',
  'function getFreeCollateral(address trader) view returns (uint256)',
  'function getTakerPositionSize(address trader, address baseToken) view returns (int256)',
])

/** An account by the protocols' own words, in native units. */
export type Book = {
  /** In the wallet. [token decimals] */
  readonly wallet: Readonly<Record<TokenSymbol, bigint>>
  readonly aave: {
    /** [token decimals] */
    readonly supplied: Readonly<Record<TokenSymbol, bigint>>
    /** [token decimals] */
    readonly owed: Readonly<Record<TokenSymbol, bigint>>
    /** [WAD] */
    readonly health: bigint
  }
  readonly morpho: Readonly<Record<'WETH' | 'WBTC', MorphoBook>>
  readonly perp: {
    /** Deposited margin less what was lost and paid. [USDC decimals] */
    readonly margin: bigint
    /** [USDC decimals] */
    readonly free: bigint
    /** [1e18] */
    readonly size: Readonly<Record<'ETH' | 'BTC', bigint>>
  }
  /** [wei] */
  readonly ether: bigint
}

type MorphoBook = {
  /** [token decimals] */
  readonly collateral: bigint
  readonly debtShares: bigint
  /** Without the interest since the market was last touched. [USDC decimals] */
  readonly owed: bigint
}

/** Reads it at the latest block, past every adapter. */
export async function readBook(devnet: Devnet, account: Address): Promise<Book> {
  const { client, deployment } = devnet
  const { tokens, aave, morpho, perp } = deployment
  const view = (address: Address, functionName: string, args: readonly unknown[]) =>
    client.readContract({ address, abi, functionName, args } as never) as Promise<never>
  const balance = (token: Address): Promise<bigint> => view(token, 'balanceOf', [account])
  const each = async (read: (symbol: TokenSymbol) => Promise<bigint>) => ({
    WETH: await read('WETH'),
    WBTC: await read('WBTC'),
    USDC: await read('USDC'),
  })
  const marketOf = async (collateral: 'WETH' | 'WBTC'): Promise<MorphoBook> => {
    const id = morpho.markets.find((market) => market.collateral === collateral)?.id
    const [, debtShares, held]: readonly [bigint, bigint, bigint] = await view(
      morpho.morpho,
      'position',
      [id, account],
    )
    const [, , assets, shares]: readonly [bigint, bigint, bigint, bigint] = await view(
      morpho.morpho,
      'market',
      [id],
    )
    return {
      collateral: held,
      debtShares,
      owed: shares === 0n ? 0n : (debtShares * assets) / shares,
    }
  }
  const data: readonly bigint[] = await view(aave.pool, 'getUserAccountData', [account])
  return {
    wallet: await each((symbol) => balance(tokens[symbol].address)),
    aave: {
      supplied: await each((symbol) => balance(aave.reserves[symbol].aToken)),
      owed: await each((symbol) => balance(aave.reserves[symbol].variableDebtToken)),
      health: data[5] ?? 0n,
    },
    morpho: { WETH: await marketOf('WETH'), WBTC: await marketOf('WBTC') },
    perp: {
      margin: await view(perp.vault, 'getBalance', [account]),
      free: await view(perp.vault, 'getFreeCollateral', [account]),
      size: {
        ETH: await view(perp.accountBalance, 'getTakerPositionSize', [
          account,
          perp.markets.ETH.baseToken,
        ]),
        BTC: await view(perp.accountBalance, 'getTakerPositionSize', [
          account,
          perp.markets.BTC.baseToken,
        ]),
      },
    },
    ether: await client.getBalance({ address: account }),
  }
}
