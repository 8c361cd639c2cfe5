"""Pages, one module per journey: each module with a `blueprint` is registered, so that a page is added in one place."""

import importlib
import pkgutil

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprint of every module of this package that has one, in the order of module names."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    )
    return [module.blueprint for module in modules if hasattr(module, "blueprint")]
