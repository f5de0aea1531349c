import { type BlockRef, InvalidInputError, type Signer, sameAddress } from '@plimsoll/domain'
import { keccak256, type LocalAccount, type TransactionSerializableEIP1559 } from 'viem'
import type { References } from './CallRule.ts'
import type { SigningPolicy } from './createSigningPolicy.ts'
import { FeeAboveCapError } from './errors.ts'
import { DEFAULT_PRIORITY_FEE } from './priorityFee.ts'

/** How far the base fee may rise before inclusion: twice the price of gas, six full blocks. */
const FEE_HEADROOM = 2n

/**
 * Creates the signer of a policy's owner. The policy looks at the very transaction that is then signed.
 *
 * It offers twice the price of gas at the block, never more than the policy's cap. The hash is computed from the signed
 * bytes.
 *
 * Before it asks the policy it reads reference prices at the block of the call, and signs nothing where that fails.
 *
 * @param p.readReferences - Prices from elsewhere than the quotes; unless given there are none, and nothing is traded.
 * @param p.priorityFee - Offer to the block's proposer. [wei per gas]
 * @throws {@link InvalidInputError} when the account is not the policy's owner.
 */
export function createPolicySigner(p: {
  readonly account: LocalAccount
  readonly policy: SigningPolicy
  readonly readReferences?: (block: BlockRef) => Promise<References>
  readonly priorityFee?: bigint
}): Signer {
  const { account, policy, readReferences = async () => new Map() } = p
  if (!sameAddress(account.address, policy.owner))
    throw new InvalidInputError({ field: 'account', found: account.address, allowed: policy.owner })
  const priorityFee = p.priorityFee ?? DEFAULT_PRIORITY_FEE
  return {
    address: account.address,
    async sign({ call, nonce, gas, block }) {
      const { gasPrice } = block
      if (gasPrice > policy.maxFeePerGas)
        throw new FeeAboveCapError({ found: gasPrice, allowed: policy.maxFeePerGas })
      const maxFeePerGas = smaller(gasPrice * FEE_HEADROOM, policy.maxFeePerGas)
      const transaction: TransactionSerializableEIP1559 = Object.freeze({
        type: 'eip1559',
        chainId: policy.chainId,
        nonce,
        to: call.to,
        value: call.value,
        data: call.data,
        gas,
        maxFeePerGas,
        maxPriorityFeePerGas: smaller(priorityFee, maxFeePerGas),
      })
      const references = await readReferences(block)
      policy.check(transaction, { time: block.timestamp, references })
      const raw = await account.signTransaction(transaction)
      return { hash: keccak256(raw), raw, nonce, call }
    },
  }
}

const smaller = (a: bigint, b: bigint): bigint => (b < a ? b : a)
