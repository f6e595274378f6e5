"""The unit's texts and the compiler that makes prompt packs of them (docs/pack.md)."""

from deskunit.scripts.compiler import compile_packs

__all__ = ["compile_packs"]
