# SPDX-License-Identifier: Apache-2.0
# pragma version 0.4.3
event Seen:
    flag: bool
    who: indexed(address)
    word: bytes32
    small: indexed(uint8)
    big: uint256
event Silent:
    pass
event Number:
    value: uint256

lock: transient(uint256)
kept: uint256
born: public(address)

@deploy
def __init__(loud: bool):
    if loud:
        log Silent()

@external
def poke(flag: bool, who: address, word: bytes32, small: uint8, big: uint256):
    log Seen(flag=flag, who=who, word=word, small=small, big=big)
    log Silent()

@external
def lock_once():
    assert self.lock == 0, "locked"
    self.lock = 1

@external
def fail(how: uint256):
    self.kept = how
    log Number(value=how)
    if how == 0:
        raise "plain words"
    if how == 1:
        raise "words with \"quotes\", \\ and a 'tick'"
    if how == 2:
        raise
    if how == 3:
        self.kept = 1 // (how - 3)
    if how == 4:
        raw_revert(b"")
    if how == 5:
        raw_revert(abi_encode(msg.sender, method_id=b"\x01\x02\x03\x04"))
    if how == 6:
        raw_revert(b"\x08\xc3\x79\xa0 not an encoded text")
    if how == 7:
        raise UNREACHABLE
    if how == 8:
        raise "a\ttab and a bell \x07"

@external
def catch(how: uint256) -> bool:
    data: Bytes[36] = abi_encode(how, method_id=method_id("fail(uint256)"))
    done: bool = raw_call(self, data, revert_on_failure=False)
    log Number(value=convert(done, uint256))
    return done

@external
def twice(out_of_order: bool):
    log Silent()
    if out_of_order:
        log Seen(flag=True, who=self, word=empty(bytes32), small=1, big=1)
    else:
        log Silent()

@external
def spawn():
    self.born = create_minimal_proxy_to(self)

@external
@view
def signs() -> (int256, int128, bool, address, bytes32, uint8):
    return min_value(int256), -1, True, self, keccak256("x"), 255

@external
@view
def ground() -> (uint256, uint256, uint256, uint256, address, bytes32, address, address, uint256):
    return (block.timestamp, block.number, chain.id, block.basefee, block.coinbase, block.prevrandao,
            msg.sender, tx.origin, self.balance)

@external
@view
def kept_now() -> uint256:
    return self.kept

@external
@view
def text() -> String[40]:
    return "0x1111111111111111111111111111111111111"

@external
@view
def raw() -> Bytes[8]:
    return x"00ff"
