"""Language models behind one port: see ``rag.engine.port``."""
