"""Working models broken in many ways, each way asked of the live framework and of `astarch check`: who says the same?"""
