// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

interface IERC20 {
    function balanceOf(address account) external view returns (uint256);
}

interface IAaveV3Lender {
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata params, uint16 referral)
        external;
}

interface IMorphoLender {
    function flashLoan(address token, uint256 assets, bytes calldata data) external;
}

/// @title Carries out one owner's calls inside a flash loan, and keeps nothing.
/// @notice Borrows, calls, repays, then sends every named token's whole balance to the owner, all in one transaction.
/// @dev Serves its owner alone. A lender's callback is taken once, from the lender of the loan in flight, with the bytes
/// that this contract gave it. Nothing is delegated, no ETH is taken, nothing is stored between transactions.
contract FlashLoanExecutor {
    struct FlashLoan {
        uint8 kind;
        address lender;
        address token;
        uint256 amount;
        uint256 maxPremium;
    }

    struct Call {
        address target;
        bytes data;
    }

    uint8 public constant NO_LOAN = 0;
    uint8 public constant AAVE_V3 = 1;
    uint8 public constant MORPHO_BLUE = 2;

    address public immutable OWNER;

    // Transient slots: empty at the start of every transaction.
    uint256 private constant LOCK = 0; // 1 while `execute` runs
    uint256 private constant AWAITED = 1; // hash of what the callback must bring; 0 when none is awaited
    uint256 private constant PREMIUM = 2; // what the lender charged
    uint256 private constant MAX_PREMIUM = 3; // what it may charge

    event Executed(uint8 indexed kind, address indexed token, uint256 amount, uint256 premium);

    error NotOwner(address caller);
    error ZeroOwner();
    error AlreadyExecuting();
    error UnknownLoanKind(uint8 kind);
    error UnexpectedCallback(address caller);
    error CallbackMissing(address lender);
    error PremiumTooHigh(uint256 premium, uint256 maxPremium);
    error NotAContract(address target);
    error CallReverted(uint256 index, address target);
    error TokenCallFailed(address token);
    error FundsLeft(address token, uint256 amount);

    constructor(address owner) {
        if (owner == address(0)) revert ZeroOwner();
        OWNER = owner;
    }

    /// @notice Runs `calls` in order, inside the loan if there is one.
    /// @param loan What to borrow, and the most its lender may charge, in the loan's token; `kind` 0 for nothing.
    /// @param calls Made from this contract. The first that reverts reverts everything with its own reason.
    /// @param sweep Tokens sent to the owner afterwards. The loan's token is always among them.
    function execute(FlashLoan calldata loan, Call[] calldata calls, address[] calldata sweep) external {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        if (_load(LOCK) != 0) revert AlreadyExecuting();
        _store(LOCK, 1);

        if (loan.kind == NO_LOAN) _run(calls);
        else _borrow(loan, calls);

        for (uint256 i = 0; i < sweep.length; i++) _sweep(sweep[i]);
        if (loan.kind != NO_LOAN) _sweep(loan.token);

        emit Executed(loan.kind, loan.token, loan.amount, _load(PREMIUM));
        _store(PREMIUM, 0);
        _store(MAX_PREMIUM, 0);
        _store(LOCK, 0);
    }

    /// @notice Aave v3's flash loan callback.
    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata params)
        external
        returns (bool)
    {
        if (initiator != address(this)) revert UnexpectedCallback(msg.sender);
        _take(AAVE_V3, asset, amount, params);
        uint256 maxPremium = _load(MAX_PREMIUM);
        if (premium > maxPremium) revert PremiumTooHigh(premium, maxPremium);
        _store(PREMIUM, premium);
        _run(abi.decode(params, (Call[])));
        _approve(asset, msg.sender, amount + premium);
        return true;
    }

    /// @notice Morpho Blue's flash loan callback. It charges nothing: it is approved the loan and no more.
    /// @dev The lender names neither token nor initiator: both are in `data`'s hash.
    function onMorphoFlashLoan(uint256 assets, bytes calldata data) external {
        (address token, Call[] memory calls) = abi.decode(data, (address, Call[]));
        _take(MORPHO_BLUE, token, assets, data);
        _run(calls);
        _approve(token, msg.sender, assets);
    }

    function _borrow(FlashLoan calldata loan, Call[] calldata calls) private {
        if (loan.lender.code.length == 0) revert NotAContract(loan.lender);
        if (loan.kind == AAVE_V3) {
            bytes memory params = abi.encode(calls);
            _store(MAX_PREMIUM, loan.maxPremium);
            _store(AWAITED, _ticket(AAVE_V3, loan.lender, loan.token, loan.amount, params));
            IAaveV3Lender(loan.lender).flashLoanSimple(address(this), loan.token, loan.amount, params, 0);
        } else if (loan.kind == MORPHO_BLUE) {
            bytes memory data = abi.encode(loan.token, calls);
            _store(AWAITED, _ticket(MORPHO_BLUE, loan.lender, loan.token, loan.amount, data));
            IMorphoLender(loan.lender).flashLoan(loan.token, loan.amount, data);
        } else {
            revert UnknownLoanKind(loan.kind);
        }
        if (_load(AWAITED) != 0) revert CallbackMissing(loan.lender);
    }

    function _take(uint8 kind, address token, uint256 amount, bytes memory data) private {
        uint256 awaited = _load(AWAITED);
        if (awaited == 0 || awaited != _ticket(kind, msg.sender, token, amount, data)) {
            revert UnexpectedCallback(msg.sender);
        }
        _store(AWAITED, 0);
    }

    function _ticket(uint8 kind, address lender, address token, uint256 amount, bytes memory data)
        private
        pure
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(kind, lender, token, amount, keccak256(data))));
    }

    function _run(Call[] memory calls) private {
        for (uint256 i = 0; i < calls.length; i++) {
            address target = calls[i].target;
            if (target.code.length == 0) revert NotAContract(target);
            (bool success, bytes memory reason) = target.call(calls[i].data);
            if (success) continue;
            if (reason.length == 0) revert CallReverted(i, target);
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
    }

    function _sweep(address token) private {
        uint256 balance = IERC20(token).balanceOf(address(this));
        if (balance == 0) return;
        _callToken(token, abi.encodeWithSignature("transfer(address,uint256)", OWNER, balance));
        uint256 left = IERC20(token).balanceOf(address(this));
        if (left != 0) revert FundsLeft(token, left);
    }

    function _approve(address token, address spender, uint256 amount) private {
        bytes memory data = abi.encodeWithSignature("approve(address,uint256)", spender, amount);
        if (_tryToken(token, data)) return;
        // Some tokens change an approval that is not used up only by way of zero.
        _callToken(token, abi.encodeWithSignature("approve(address,uint256)", spender, 0));
        _callToken(token, data);
    }

    function _callToken(address token, bytes memory data) private {
        if (!_tryToken(token, data)) revert TokenCallFailed(token);
    }

    /// @dev Takes tokens that return nothing as well as those that return a boolean.
    function _tryToken(address token, bytes memory data) private returns (bool) {
        if (token.code.length == 0) revert NotAContract(token);
        (bool success, bytes memory result) = token.call(data);
        return success && (result.length == 0 || abi.decode(result, (bool)));
    }

    function _load(uint256 slot) private view returns (uint256 value) {
        assembly ("memory-safe") {
            value := tload(slot)
        }
    }

    function _store(uint256 slot, uint256 value) private {
        assembly ("memory-safe") {
            tstore(slot, value)
        }
    }
}
