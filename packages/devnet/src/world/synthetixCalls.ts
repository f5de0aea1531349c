import { synthetixStandInAbi } from '@plimsoll/contracts'
import type { Price } from '@plimsoll/domain'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import type { PerpAsset } from '../deployment.ts'
import { perpsV2Abi } from './abis.ts'
import type { WorldCall } from './createBlockBuilder.ts'
import type { Stage } from './Stage.ts'

const UPDATE_FEE = 1n // wei
const SUBMIT_GAS = 2_000_000n
const EXECUTE_GAS = 3_000_000n
const SLACK_PERCENT = 5n

/** New sUSD for an account. */
export function mintSusdCall(stage: Stage, to: Address, amount: bigint): WorldCall {
  return {
    action: 'sUSD.mint',
    from: stage.accounts.deployer.address,
    to: stage.deployment.synthetix.standIn,
    data: encodeFunctionData({
      abi: synthetixStandInAbi,
      functionName: 'mint',
      args: [to, amount],
    }),
  }
}

/** Puts sUSD into a Synthetix market as margin. */
export function transferMarginCall(
  stage: Stage,
  asset: PerpAsset,
  from: Address,
  amount: bigint,
): WorldCall {
  return {
    action: `Synthetix transferMargin, ${asset}`,
    from,
    to: stage.deployment.synthetix.markets[asset].proxy,
    gas: SUBMIT_GAS,
    data: encodeFunctionData({ abi: perpsV2Abi, functionName: 'transferMargin', args: [amount] }),
  }
}

/** Commits to an off-chain order, at a price up to 5 % worse than the present one. */
export function submitOrderCall(
  stage: Stage,
  order: {
    readonly asset: PerpAsset
    readonly by: Address
    /** Positive buys. [asset 1e18] */
    readonly size: bigint
    readonly price: Price
  },
): WorldCall {
  const { asset, by, size, price } = order
  const percent = size > 0n ? 100n + SLACK_PERCENT : 100n - SLACK_PERCENT
  return {
    action: `Synthetix order of ${by}, ${asset}`,
    from: by,
    to: stage.deployment.synthetix.markets[asset].proxy,
    gas: SUBMIT_GAS,
    data: encodeFunctionData({
      abi: perpsV2Abi,
      functionName: 'submitOffchainDelayedOrder',
      args: [size, (price * percent) / 100n],
    }),
  }
}

/** Takes back an order of one's own that is too old to be executed. */
export function cancelOrderCall(stage: Stage, asset: PerpAsset, by: Address): WorldCall {
  return {
    action: `Synthetix cancellation of ${by}, ${asset}`,
    from: by,
    to: stage.deployment.synthetix.markets[asset].proxy,
    gas: SUBMIT_GAS,
    data: encodeFunctionData({
      abi: perpsV2Abi,
      functionName: 'cancelOffchainDelayedOrder',
      args: [by],
    }),
  }
}

/** Brings price bytes to an account's order, and pays what the oracle takes for them. */
export function executeOrderCall(
  stage: Stage,
  execution: { readonly asset: PerpAsset; readonly account: Address; readonly update: Hex },
): WorldCall {
  const { asset, account, update } = execution
  return {
    action: `Synthetix execution of the order of ${account}, ${asset}`,
    from: stage.accounts.synthetixKeeper.address,
    to: stage.deployment.synthetix.markets[asset].proxy,
    gas: EXECUTE_GAS,
    value: UPDATE_FEE,
    data: encodeFunctionData({
      abi: perpsV2Abi,
      functionName: 'executeOffchainDelayedOrder',
      args: [account, [update]],
    }),
  }
}
