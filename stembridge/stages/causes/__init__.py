"""Causes: what can make a set miss its mix, each as an explanation whose worth is what it leaves; pure."""
