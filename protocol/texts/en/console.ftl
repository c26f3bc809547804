fault-unexpected = Unexpected fault: { $what }
